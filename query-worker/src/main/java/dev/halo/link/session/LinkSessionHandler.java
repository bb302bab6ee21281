package dev.halo.link.session;

import dev.halo.link.config.LinkConfig;
import dev.halo.link.enrolment.Enrolment;
import dev.halo.link.enrolment.LinkClock;
import dev.halo.link.journal.WriteJournal;
import dev.halo.link.query.AuthorityBook;
import dev.halo.link.query.Outbox;
import dev.halo.link.query.QueryService;
import dev.halo.link.queue.QueueConfig;
import dev.halo.link.registered.RegisteredQueries;
import dev.halo.link.site.ServedSite;
import dev.halo.link.site.SiteDirectory;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.query.LinkErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Connects the session's frames with the parts of the Link that they are for. */
public final class LinkSessionHandler implements SessionHandler {

    private final LinkConfig config;
    private final int credit;
    private final LinkClock clock;
    private final Enrolment enrolment;
    private final SiteDirectory sites;
    private final AuthorityBook authority;
    private final QueryService queries;
    private final RegisteredQueries registered;
    private final Outbox outbox;
    private final WriteJournal journal;
    private final Set<UUID> credited = new HashSet<>();

    public LinkSessionHandler(
            LinkConfig config,
            QueueConfig queue,
            LinkClock clock,
            Enrolment enrolment,
            QueryService.Gates gates,
            QueryService queries,
            RegisteredQueries registered,
            Outbox outbox,
            WriteJournal journal) {
        this.config = config;
        this.credit = queue.sitePending();
        this.clock = clock;
        this.enrolment = enrolment;
        this.sites = gates.sites();
        this.authority = gates.authority();
        this.queries = queries;
        this.registered = registered;
        this.outbox = outbox;
        this.journal = journal;
    }

    @Override
    public Frame.Hello hello() {
        credited.clear();
        return new Frame.Hello(
                FrameCodec.VERSION,
                config.version(),
                config.environment(),
                clock.machineTime(),
                journal.journalId(),
                queries.held());
    }

    @Override
    public void welcome(Frame.Welcome welcome) {
        clock.accept(welcome.clockOffsetMillis());
        authority.replace(welcome.sites());
        registered.sessionOpened();
    }

    @Override
    public void register(Frame.Register register) {
        registered.register(register.request());
    }

    @Override
    public List<Frame> reports() {
        List<Frame> reports = new ArrayList<>(queries.stages());
        reports.addAll(registered.unacked());
        return reports;
    }

    @Override
    public void query(Frame.Query query) {
        queries.accept(query.request(), query.trace());
    }

    @Override
    public void cancel(UUID queryId, LinkErrorCode cause) {
        queries.cancel(queryId, cause);
        registered.cancel(queryId, cause);
    }

    @Override
    public void authority(List<Frame.SiteAuthority> now) {
        authority.replace(now);
    }

    @Override
    public void endedAck(UUID queryId) {
        outbox.acked(queryId);
        registered.acked(queryId);
    }

    @Override
    public Map<UUID, Integer> credits() {
        Map<UUID, Integer> credits = new HashMap<>();
        credited.forEach(siteId -> credits.put(siteId, 0));
        for (ServedSite site : sites.served()) {
            credits.put(site.siteId(), credit);
            credited.add(site.siteId());
        }
        return credits;
    }

    @Override
    public void tokenRefused() {
        enrolment.renewSoon();
    }
}
