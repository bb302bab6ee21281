package dev.halo.gateway.fake;

import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.session.SessionRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A site with an enabled integrator, the Link's end of it, and what the gateway has in its database. */
public final class AsyncSite implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final FakeCloud.Integrator integrator;
    private final FakeCloud.Site site;
    private final Api api;
    private volatile SessionRecord.Open session;

    private AsyncSite(FakeCloud.Integrator integrator, FakeCloud.Site site, Api api) {
        this.integrator = integrator;
        this.site = site;
        this.api = api;
    }

    /** A new one; the gateway's store is ready. */
    public static AsyncSite enabled(URI base) {
        FakeCloud cloud = Fakes.shared().cloud();
        FakeCloud.Integrator integrator = cloud.integrator();
        FakeCloud.Site site = cloud.site();
        cloud.pair(integrator, site, true);
        cloud.enable(integrator, site, true);
        Awaitility.await().atMost(PATIENCE).until(() -> isStoreReady(base));
        return new AsyncSite(integrator, site, new Api(base, integrator.key()));
    }

    public FakeCloud.Integrator integrator() {
        return integrator;
    }

    public FakeCloud.Site site() {
        return site;
    }

    public Api api() {
        return api;
    }

    /** The session that was opened last. */
    public SessionRecord.Open session() {
        return session;
    }

    /** Opens a session whose queries are treated so, and waits until the gateway knows of it. */
    public SessionRecord.Open open(FakeBridge.Behaviour behaviour) {
        return open(Fakes.shared().bridge(), behaviour);
    }

    public SessionRecord.Open open(FakeBridge bridge, FakeBridge.Behaviour behaviour) {
        session = bridge.open(site, behaviour);
        awaitAvailability("online");
        return session;
    }

    /** Opens a session whose queries the test treats itself. */
    public BlockingQueue<FakeLink.Held> openHolding() {
        return openHolding(Fakes.shared().bridge());
    }

    public BlockingQueue<FakeLink.Held> openHolding(FakeBridge bridge) {
        BlockingQueue<FakeLink.Held> taken = new LinkedBlockingQueue<>();
        open(bridge, (query, headers, self) -> taken.add(new FakeLink.Held(query, headers, self)));
        return taken;
    }

    /** The next query that comes to a Link. */
    public FakeLink.Held taken(BlockingQueue<FakeLink.Held> queue) {
        try {
            FakeLink.Held held = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (held == null) {
                throw new AssertionError("no query came to the Link");
            }
            return held;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public void awaitAvailability(String availability) {
        Awaitility.await().atMost(PATIENCE).until(() -> api.get("/integrator/sites/" + site.id())
                .json()
                .path("availability")
                .asText()
                .equals(availability));
    }

    public void awaitCancel(UUID id, LinkErrorCode cause) {
        Awaitility.await().atMost(PATIENCE).until(() -> Fakes.shared().bridge().cancels().stream()
                .anyMatch(cancel -> cancel.queryId().equals(id) && cancel.cause() == cause));
    }

    /** The first column of the first row of a statement as text; null if there is none. */
    public String text(String sql) {
        try (Connection connection = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void execute(String sql) {
        try (Connection connection = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends what has not ended, so that nobody goes on sending it. */
    @Override
    public void close() {
        execute("update gateway.async_query set status = 'executionFailed', completed_at = now(), error_type = 'http',"
                + " error_code = 500, error_message = 'left by a test' where completed_at is null and site_id = '"
                + site.id() + "'");
    }

    private static boolean isStoreReady(URI base) {
        try {
            String health = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(base.resolve("/q/health/ready"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return health.replace(" ", "").contains("\"storePartitions\":true");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
