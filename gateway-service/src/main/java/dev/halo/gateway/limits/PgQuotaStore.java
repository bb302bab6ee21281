package dev.halo.gateway.limits;

import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.PmsKey;
import dev.halo.protocol.site.PmsType;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The quotas' rows in PostgreSQL: one of an integrator, a practice and a day. */
final class PgQuotaStore implements QuotaStore {

    /** More practices of one integrator than there are. */
    private static final int MAX_PRACTICES = 50_000;

    /** The row's lock orders the gateways, so that none is granted what another one has. */
    private static final String SETTLE = """
            insert into gateway.quota_use as q
              (integrator_id, pms_type, pms_id, day, taken, used, bytes, last_grant)
            select i, t, p, d, g, u, b, g from (
              select $1::uuid as i, $2::text as t, $3::text as p, $4::date as d, $8::bigint as u, $9::bigint as b,
                $7::bigint + greatest(least($5::bigint, $6::bigint - $7::bigint), least($5::bigint, 0)) as g) first
            on conflict (integrator_id, day, pms_type, pms_id) do update
            set taken = q.taken + $7 + greatest(least($5, $6 - $7 - q.taken), least($5, 0)),
                last_grant = $7 + greatest(least($5, $6 - $7 - q.taken), least($5, 0)),
                used = q.used + $8,
                bytes = q.bytes + $9
            returning last_grant, bytes""";

    private static final String USED = """
            select pms_type, pms_id, used, bytes from gateway.quota_use
            where integrator_id = $1 and day = $2 order by pms_type, pms_id limit $3""";

    private static final String FORGET = "delete from gateway.quota_use where day < $1";

    /**
     * What was used, as all gateways have said.
     *
     * @param bytes of results
     */
    record Use(long queries, long bytes) {}

    private final Store store;
    private final Duration timeout;

    PgQuotaStore(Store store, Duration timeout) {
        this.store = store;
        this.timeout = timeout;
    }

    @Override
    public CompletionStage<List<Settled>> settle(List<Settlement> settlements) {
        List<Tuple> batch = settlements.stream().map(PgQuotaStore::tuple).toList();
        return store.executeBatch(SETTLE, batch, timeout).thenApply(found -> {
            List<Settled> settled = new ArrayList<>(batch.size());
            for (RowSet<Row> rows = found; rows != null; rows = rows.next()) {
                Row row = rows.iterator().next();
                settled.add(new Settled(row.getLong(0), row.getLong(1)));
            }
            return settled;
        });
    }

    /** What an integrator has used in a day, by practice. */
    CompletionStage<Map<PmsKey, Use>> used(UUID integratorId, LocalDate day) {
        return store.execute(USED, Tuple.of(integratorId, day, MAX_PRACTICES), timeout)
                .thenApply(rows -> {
                    Map<PmsKey, Use> used = new LinkedHashMap<>();
                    rows.forEach(row -> used.put(
                            new PmsKey(PmsType.valueOf(row.getString(0)), row.getString(1)),
                            new Use(row.getLong(2), row.getLong(3))));
                    return used;
                });
    }

    CompletionStage<Void> forget(LocalDate before) {
        return store.execute(FORGET, Tuple.of(before), timeout).thenAccept(rows -> {});
    }

    private static Tuple tuple(Settlement one) {
        return Tuple.from(Arrays.asList(
                one.key().integratorId(),
                one.key().practice().pmsType().name(),
                one.key().practice().pmsId(),
                one.key().day(),
                one.wanted(),
                one.limit(),
                one.owed(),
                one.used(),
                one.bytes()));
    }
}
