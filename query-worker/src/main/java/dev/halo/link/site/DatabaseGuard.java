package dev.halo.link.site;

import dev.halo.link.firebird.DatabaseFacts;
import dev.halo.link.firebird.ProbeResult;
import dev.halo.link.firebird.SiteGuard;
import dev.halo.link.site.SiteState.Reason;
import dev.halo.link.site.SiteState.Unusable;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Closes a site whose database is no longer the one that its Halo GUID stands for, before a query can read it. */
public final class DatabaseGuard implements SiteGuard {

    private static final Logger LOG = Logger.getLogger(DatabaseGuard.class);
    /** Firebird's codes for a server and for a file that cannot be reached, which is what the query would have met. */
    private static final int NETWORK_ERROR = 335544721;

    private static final int IO_ERROR = 335544344;

    private final SiteDirectory directory;
    private final SiteWatch watch;

    public DatabaseGuard(SiteDirectory directory, SiteWatch watch) {
        this.directory = directory;
        this.watch = watch;
    }

    @Override
    public Optional<QueryFailure> verify(UUID siteId) {
        Optional<ServedSite> site = directory.served(siteId);
        if (site.isEmpty() || site.get().databases().isEmpty()) {
            return Optional.of(superseded());
        }
        ProbeResult result = watch.probe().read(site.get().databases().get(0).location());
        if (result instanceof ProbeResult.Found found) {
            return compare(site.get(), found.facts());
        }
        watch.lookSoon();
        return Optional.of(failure((ProbeResult.Failed) result));
    }

    private Optional<QueryFailure> compare(ServedSite site, DatabaseFacts facts) {
        if (watch.probe().isSame(site.binding(), facts)) {
            return Optional.empty();
        }
        LOG.warnf(
                "event=site_changed section=\"%s\" site=%s: another database or licence lies there now; the site is closed",
                site.binding().section(), site.siteId());
        directory.replace(new Unusable(
                site.binding().section(),
                Reason.CHANGED,
                "another database or licence lies where this one was",
                Optional.empty()));
        watch.lookSoon();
        return Optional.of(superseded());
    }

    private static QueryFailure superseded() {
        return LinkErrorCode.SITE_SUPERSEDED.failure("The database behind this site has changed; redo Get sites.");
    }

    private static QueryFailure failure(ProbeResult.Failed failed) {
        return switch (failed.problem()) {
            case SERVER_DOWN ->
                new QueryFailure(ErrorType.FBSQL, NETWORK_ERROR, "The practice's database server does not answer.");
            case DATABASE_MISSING ->
                new QueryFailure(ErrorType.FBSQL, IO_ERROR, "The practice's database cannot be opened.");
            case LOGIN_REFUSED, PROBE_FAILED, DATABASE_ERROR ->
                LinkErrorCode.INTERNAL.failure("The site's database cannot be verified now.");
        };
    }
}
