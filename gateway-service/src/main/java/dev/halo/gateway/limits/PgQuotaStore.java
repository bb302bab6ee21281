package dev.halo.gateway.limits;

import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.PmsKey;
import dev.halo.protocol.site.PmsType;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** The quotas' rows in PostgreSQL: one of an integrator, a practice and a day. */
final class PgQuotaStore implements QuotaStore {

    /** More practices of one integrator than there are. */
    private static final int MAX_PRACTICES = 50_000;

    /** What the row gives, or takes back, of what is left. */
    private static final String GRANT = "$7 + greatest(least($5, $6 - $7 - q.taken), least($5, 0))";

    /** What the row keeps of this settlement. */
    private static final String SAID = "jsonb_build_array($11::text, $12::bigint, " + GRANT + ")";

    /** The run before keeps its place while the slot has a new one: it may not know yet that it was replaced. */
    private static final String SETTLED_NOW = """
            case when q.settled -> ($10::text || '-') ->> 0 = $11::text then jsonb_build_object($10::text || '-', %1$s)
              when q.settled -> $10::text is null or q.settled -> $10::text ->> 0 = $11::text
                then jsonb_build_object($10::text, %1$s)
              else jsonb_build_object($10::text, %1$s, $10::text || '-', q.settled -> $10::text) end""".formatted(SAID);

    /**
     * The row's lock orders the gateways, so that none is granted what another one has. A settlement that the row has seen
     * changes nothing and returns nothing.
     */
    private static final String SETTLE = """
            insert into gateway.quota_use as q
              (integrator_id, pms_type, pms_id, day, taken, used, bytes, last_grant, settled)
            select i, t, p, d, g, u, b, g, jsonb_build_object($10::text, jsonb_build_array($11::text, $12::bigint, g))
            from (
              select $1::uuid as i, $2::text as t, $3::text as p, $4::date as d, $8::bigint as u, $9::bigint as b,
                $7::bigint + greatest(least($5::bigint, $6::bigint - $7::bigint), least($5::bigint, 0)) as g) first
            on conflict (integrator_id, day, pms_type, pms_id) do update
            set taken = q.taken + %1$s,
                last_grant = %1$s,
                used = q.used + $8,
                bytes = q.bytes + $9,
                settled = q.settled || %2$s
            where not exists (
              select 1 from (values (q.settled -> $10::text), (q.settled -> ($10::text || '-'))) of_slot (said)
              where said ->> 0 = $11::text and (said ->> 1)::bigint >= $12)
            returning last_grant, bytes""".formatted(GRANT, SETTLED_NOW);

    /** What the row gave then. */
    private static final String SETTLED = """
            select (said ->> 2)::bigint, bytes from gateway.quota_use,
              lateral (values (settled -> $5::text), (settled -> ($5::text || '-'))) of_slot (said)
            where said ->> 0 = $6::text and integrator_id = $1 and pms_type = $2 and pms_id = $3 and day = $4""";

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
    public CompletionStage<List<Settled>> settle(Gateway gateway, List<Settlement> settlements) {
        List<Tuple> batch = settlements.stream().map(one -> tuple(gateway, one)).toList();
        return store.executeBatch(SETTLE, batch, timeout).thenCompose(found -> {
            List<Settled> settled = read(found);
            List<Integer> known = IntStream.range(0, settlements.size())
                    .filter(i -> settled.get(i) == null)
                    .boxed()
                    .toList();
            return known.isEmpty()
                    ? CompletableFuture.completedFuture(settled)
                    : again(gateway, settlements, settled, known);
        });
    }

    /** Hears once more what was answered already. */
    private CompletionStage<List<Settled>> again(
            Gateway gateway, List<Settlement> settlements, List<Settled> settled, List<Integer> known) {
        List<Tuple> batch =
                known.stream().map(i -> key(gateway, settlements.get(i).key())).toList();
        return store.executeBatch(SETTLED, batch, timeout).thenApply(found -> {
            List<Settled> read = read(found);
            for (int i = 0; i < known.size(); i++) {
                settled.set(known.get(i), Objects.requireNonNull(read.get(i), "a settlement's row"));
            }
            return settled;
        });
    }

    /** One of each statement of a batch; null where it gave no row. */
    private static List<Settled> read(RowSet<Row> found) {
        List<Settled> settled = new ArrayList<>();
        for (RowSet<Row> rows = found; rows != null; rows = rows.next()) {
            RowIterator<Row> row = rows.iterator();
            settled.add(row.hasNext() ? settled(row.next()) : null);
        }
        return settled;
    }

    private static Settled settled(Row row) {
        return new Settled(row.getLong(0), row.getLong(1));
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

    private static Tuple key(Gateway gateway, Key key) {
        return Tuple.of(
                key.integratorId(),
                key.practice().pmsType().name(),
                key.practice().pmsId(),
                key.day(),
                Integer.toString(gateway.slot()),
                gateway.incarnation().toString());
    }

    private static Tuple tuple(Gateway gateway, Settlement one) {
        return Tuple.from(List.of(
                one.key().integratorId(),
                one.key().practice().pmsType().name(),
                one.key().practice().pmsId(),
                one.key().day(),
                one.wanted(),
                one.limit(),
                one.owed(),
                one.used(),
                one.bytes(),
                Integer.toString(gateway.slot()),
                gateway.incarnation().toString(),
                one.number()));
    }
}
