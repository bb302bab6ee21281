package dev.halo.link.start;

import dev.halo.link.enablement.AccessException;
import dev.halo.link.enablement.CatalogueAccess;
import dev.halo.link.enablement.IntegratorAccess;
import dev.halo.link.execution.CancelToken;
import dev.halo.link.execution.Execution;
import dev.halo.link.execution.ExecutionLimits;
import dev.halo.link.execution.ExecutionResult;
import dev.halo.link.execution.ExecutionResult.Elapsed;
import dev.halo.link.execution.ResultPage;
import dev.halo.link.execution.RowSink;
import dev.halo.link.execution.RowsNotKept;
import dev.halo.link.execution.StatementRunner;
import dev.halo.link.execution.StopCause;
import dev.halo.link.execution.WriteGate;
import dev.halo.link.firebird.DatabaseFacts;
import dev.halo.link.firebird.DatabaseLocation;
import dev.halo.link.firebird.Discovery;
import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.firebird.Login;
import dev.halo.link.firebird.ProbeResult;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.firebird.SiteGuard;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Databases without a server. A statement {@code wait} runs until {@link #permits} has one for it or it is stopped, {@code
 * break} fails inside the engine, {@code pages N} gives so many pages of one row, {@code value} gives {@link #value}; every
 * other gives one row.
 */
public final class StubDatabases implements Databases, Discovery, IntegratorAccess {

    /** What each patient database answers, by its path; a path that is missing has no server. */
    public final Map<String, DatabaseFacts> facts = new ConcurrentHashMap<>();

    public final Semaphore permits = new Semaphore(0);
    public final List<Execution> executions = new CopyOnWriteArrayList<>();
    public final List<String> revoked = new CopyOnWriteArrayList<>();
    /** What a statement {@code value} reads. */
    public volatile int value = 1;

    /** What the database server does when an integrator's user is dropped. */
    public volatile Runnable onDisable = () -> {};

    public volatile CatalogueAccess access = CatalogueAccess.ENABLED;

    /** A practice's database. */
    public void practice(String path, String databaseId, String licence) {
        facts.put(path, new DatabaseFacts(databaseId, "Practice " + databaseId, "1.0", licence, "3.0.11", "WIN1252"));
    }

    @Override
    public Discovery discovery() {
        return this;
    }

    @Override
    public IntegratorAccess access() {
        return this;
    }

    @Override
    public StatementRunner runner(SiteGuard guard) {
        return new Runner(guard);
    }

    @Override
    public ExecutionLimits limits(QueryMode mode) {
        return ExecutionLimits.of(mode);
    }

    @Override
    public String server(DatabaseLocation location) {
        return location.server(3050);
    }

    @Override
    public ProbeResult probe(DatabaseLocation location) {
        DatabaseFacts found = facts.get(location.database());
        return found == null
                ? new ProbeResult.Failed(ProbeResult.Problem.SERVER_DOWN, "no server there")
                : new ProbeResult.Found(found);
    }

    @Override
    public ProbeResult ping(DatabaseLocation location) {
        return new ProbeResult.Found(new DatabaseFacts(null, null, null, null, "3.0.11", "WIN1252"));
    }

    @Override
    public void forget(DatabaseLocation location) {
        // Nothing is kept.
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    @Override
    public IntegratorLogin enable(Login administrator, UUID integratorId, List<SiteDatabase> catalogues)
            throws AccessException {
        if (!"masterkey".equals(administrator.secret())) {
            throw new AccessException("the administrator's login is refused");
        }
        return new IntegratorLogin(catalogues.get(0).siteId(), integratorId, "USER", "planted-secret", "ROLE");
    }

    @Override
    public void disable(Login administrator, UUID integratorId, List<SiteDatabase> catalogues) {
        onDisable.run();
    }

    @Override
    public IntegratorLogin rotate(IntegratorLogin login, SiteDatabase catalogue) {
        return login;
    }

    @Override
    public Map<String, CatalogueAccess> check(IntegratorLogin login, List<SiteDatabase> catalogues) {
        Map<String, CatalogueAccess> all = new HashMap<>();
        catalogues.forEach(catalogue -> all.put(catalogue.catalogue(), access));
        return all;
    }

    @Override
    public List<String> list(Login administrator, SiteDatabase catalogue) {
        return List.of();
    }

    private final class Runner implements StatementRunner {
        private final SiteGuard guard;

        Runner(SiteGuard guard) {
            this.guard = guard;
        }

        @Override
        public ExecutionResult run(Execution execution, RowSink sink, WriteGate gate, CancelToken cancel) {
            executions.add(execution);
            if (execution.command().text().startsWith("break")) {
                throw new IllegalStateException(execution.command().text());
            }
            Optional<QueryFailure> refused = guard.verify(execution.database().siteId());
            if (refused.isPresent()) {
                return new ExecutionResult.Failed(refused.get(), new Elapsed(1, 1));
            }
            ExecutionResult result = execute(execution, sink, gate, cancel);
            if (execution.command().executionMode() == ExecutionMode.NON_QUERY
                    && !(result instanceof ExecutionResult.Failed failed
                            && failed.failure().type() == ErrorType.HALO_LINK
                            && failed.failure().code() == LinkErrorCode.INTERNAL.code())) {
                gate.ended(result);
            }
            return result;
        }

        private ExecutionResult execute(Execution execution, RowSink sink, WriteGate gate, CancelToken cancel) {
            boolean write = execution.command().executionMode() == ExecutionMode.NON_QUERY;
            try {
                if (write) {
                    gate.beforeWrite();
                }
                if (execution.command().text().startsWith("wait")) {
                    while (!permits.tryAcquire(10, TimeUnit.MILLISECONDS)) {
                        if (cancel.isStopped()) {
                            return new ExecutionResult.Failed(
                                    cancel.stopped().orElseThrow().failure(), new Elapsed(1, 1));
                        }
                    }
                }
                if (write) {
                    return new ExecutionResult.Affected(1, List.of(), new Elapsed(1, 1));
                }
                return rows(execution.command().text(), sink, cancel);
            } catch (RowsNotKept e) {
                return new ExecutionResult.Failed(
                        cancel.stopped().map(StopCause::failure).orElse(e.failure()), new Elapsed(1, 1));
            } catch (IOException e) {
                return new ExecutionResult.Failed(LinkErrorCode.INTERNAL.failure("not written"), new Elapsed(1, 1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new ExecutionResult.Failed(StopCause.SHUTDOWN.failure(), new Elapsed(1, 1));
            }
        }

        private ExecutionResult rows(String text, RowSink sink, CancelToken cancel) throws IOException {
            int pages = text.startsWith("pages ") ? Integer.parseInt(text.substring(6)) : 1;
            long bytes = 0;
            for (int page = 1; page <= pages; page++) {
                if (cancel.isStopped()) {
                    return new ExecutionResult.Failed(
                            cancel.stopped().orElseThrow().failure(), new Elapsed(1, 1));
                }
                int shown = text.equals("value") ? value : page;
                byte[] rows = ("[{\"A\":" + shown + "}]").getBytes(StandardCharsets.UTF_8);
                sink.page(new ResultPage(page, rows, rows.length, page - 1L, 1));
                bytes += rows.length;
            }
            return new ExecutionResult.Rows(pages, bytes, List.of(), new Elapsed(1, 1));
        }

        @Override
        public void revoke(UUID siteId, UUID integratorId) {
            revoked.add(siteId + "/" + integratorId);
        }

        @Override
        public void revokeSite(UUID siteId, StopCause cause) {
            revoked.add(siteId + "/" + cause);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
