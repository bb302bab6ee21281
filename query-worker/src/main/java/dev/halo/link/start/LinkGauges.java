package dev.halo.link.start;

import dev.halo.link.audit.AuditLog;
import dev.halo.link.enrolment.LinkClock;
import dev.halo.link.journal.WriteJournal;
import dev.halo.link.query.Outbox;
import dev.halo.link.queue.FairQueue;
import dev.halo.link.registered.RegisteredQueries;
import dev.halo.link.upload.PageUploader;
import dev.halo.link.upload.Spool;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What operators see of a Link at any time. */
final class LinkGauges {

    private LinkGauges() {}

    static void register(Link link, PageUploader pages, Outbox outbox, MeterRegistry meters) {
        Gauge.builder("halo.link.queue.waiting", link.queue(), FairQueue::waiting)
                .register(meters);
        Gauge.builder("halo.link.queue.running", link.queue(), FairQueue::running)
                .register(meters);
        Gauge.builder("halo.link.outbox.bytes", outbox, Outbox::bytes).register(meters);
        Gauge.builder("halo.link.outbox.dropped", outbox, Outbox::dropped).register(meters);
        Gauge.builder("halo.link.spool.bytes", link.spool(), Spool::used).register(meters);
        Gauge.builder("halo.link.uploads", pages, PageUploader::results).register(meters);
        Gauge.builder("halo.link.registered.held", link.registered(), RegisteredQueries::held)
                .register(meters);
        Gauge.builder("halo.link.runs.dropped", link.registered(), RegisteredQueries::dropped)
                .register(meters);
        Gauge.builder("halo.link.clock.ahead.ms", link.clock(), LinkClock::offsetMillis)
                .register(meters);
        Gauge.builder("halo.link.sites.served", link.sites(), of -> of.served().size())
                .register(meters);
        Gauge.builder("halo.link.journal.entries", link.journal(), WriteJournal::size)
                .register(meters);
        Gauge.builder("halo.link.audit.lost", link.audit(), AuditLog::lost).register(meters);
    }
}
