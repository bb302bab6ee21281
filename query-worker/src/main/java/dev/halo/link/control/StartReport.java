package dev.halo.link.control;

import dev.halo.link.start.Link;
import dev.halo.link.start.LinkService;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Writes the report into the log once after the start, when there was time to look round. */
@Singleton
class StartReport {

    private static final Logger LOG = Logger.getLogger(StartReport.class);
    private static final long CLOUD_SECONDS = 5;

    private final Link link;

    StartReport(LinkService service) {
        this.link = service.link();
    }

    void onStart(@Observes StartupEvent event) {
        Executor later = CompletableFuture.delayedExecutor(CLOUD_SECONDS, TimeUnit.SECONDS);
        link.looked().thenRunAsync(() -> LOG.info(ReportText.of(new ReportMaker(link).report())), later);
    }
}
