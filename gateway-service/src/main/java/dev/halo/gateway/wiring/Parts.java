package dev.halo.gateway.wiring;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.kafka.Messaging;
import dev.halo.gateway.query.QueryRenderer;
import dev.halo.gateway.site.PmsQuery;
import dev.halo.gateway.site.SiteRenderer;
import dev.halo.gateway.store.Schema;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.Views;
import dev.halo.messaging.SessionDirectory;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Makes beans of the parts that know nothing of the framework. */
@Dependent
class Parts {

    @Produces
    @Singleton
    Views views(Messaging messaging) {
        return messaging.views();
    }

    @Produces
    @Singleton
    SessionDirectory sessions(Messaging messaging) {
        return messaging.sessions();
    }

    @Produces
    @Singleton
    SiteChecks siteChecks(Views views) {
        return new SiteChecks(views.sites(), views.authority(), views.integrators());
    }

    @Produces
    @Singleton
    SiteRenderer siteRenderer(Views views, SessionDirectory sessions) {
        return new SiteRenderer(views.authority(), sessions);
    }

    @Produces
    @Singleton
    PmsQuery pmsQuery(GatewayConfig config) {
        return new PmsQuery(config.sharedDeveloperId());
    }

    @Produces
    @Singleton
    QueryRenderer queryRenderer(ObjectMapper mapper) {
        return new QueryRenderer(mapper);
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Store store(Pool pool, Schema schema) {
        return new Store(pool, schema::isReady);
    }
}
