package dev.halo.systemtests.suite;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes one thing that the cloud has stored older than it is, by moving all its stored times back. What follows from its
 * age is then up to the running suite: nothing but times is changed, and no clock.
 */
public final class Ageing {

    private static final DateTimeFormatter PARTITION =
            DateTimeFormatter.ofPattern("yyyyMMddHH").withZone(ZoneOffset.UTC);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final CloudStore store;

    Ageing(CloudStore store) {
        this.store = store;
    }

    /**
     * A webhook that has not been delivered.
     *
     * @param attempts that were begun
     * @param leased whether a gateway has it at this moment
     * @param pause before the next attempt, drawn after the last one; zero before the first
     * @param dueAt the time of the next attempt
     */
    public record Webhook(UUID id, int attempts, boolean leased, boolean waiting, Duration pause, Instant dueAt) {

        /** When the pause before the next attempt began. */
        public Instant putOffAt() {
            return dueAt.minus(pause);
        }
    }

    /** An async query that ended as much longer ago; it keeps its id. */
    public void completed(Object queryId, Duration by) {
        store.change("""
                update gateway.async_query set updated_at = updated_at - ?::interval,
                    completed_at = completed_at - ?::interval
                where query_id = ?::uuid""", by.toString(), by.toString(), queryId.toString());
    }

    /**
     * An async query that was made as much longer ago, with its pages. Its id tells when it was made, so that it gets
     * another one: no Link must know of it, or no longer.
     *
     * @return its id from now on
     */
    public UUID created(Object queryId, Duration by) {
        UUID id = UUID.fromString(queryId.toString());
        Instant createdAt = Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
        Instant older = createdAt.minus(by);
        UUID aged = new UUID(
                older.toEpochMilli() << 16 | id.getMostSignificantBits() & 0xFFFF, id.getLeastSignificantBits());
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> isMoved(id, aged, older, by));
        return aged;
    }

    /** Fails where a gateway drops a partition that is made here, because it is too old, before something is in it. */
    private boolean isMoved(UUID id, UUID aged, Instant older, Duration by) {
        partition("async_query", older, DAY);
        partition("result_page", older, HOUR);
        store.execute(
                "update gateway.result_page set query_id = ?::uuid, created_hour = ? where query_id = ?::uuid",
                aged.toString(),
                utc(begin(older, HOUR)),
                id.toString());
        store.change("""
                update gateway.async_query q set query_id = ?::uuid, created_at = ?, updated_at = updated_at - i.age,
                    sent_at = sent_at - i.age, hold_until = hold_until - i.age, queued_at = queued_at - i.age,
                    executing_at = executing_at - i.age, uploading_at = uploading_at - i.age,
                    completed_at = completed_at - i.age
                from (select ?::interval as age) i where q.query_id = ?::uuid""", aged.toString(), utc(older), by.toString(), id.toString());
        return true;
    }

    /** A key of a request, used as much longer ago. */
    public void idempotencyKey(String key, Duration by) {
        store.change(
                "update gateway.idempotency_key set created_at = created_at - ?::interval where key = ?",
                by.toString(),
                key);
    }

    /** A registered query that was registered, and has ended, as much longer ago. */
    public void registered(Object queryId, Duration by) {
        store.change("""
                update gateway.registered_query q set created_at = created_at - i.age, ends_at = ends_at - i.age,
                    grid_at = grid_at - i.age, ended_at = ended_at - i.age
                from (select ?::interval as age) i where query_id = ?::uuid""", by.toString(), queryId.toString());
    }

    /** A registered query whose next run is due when a Link takes it over within the next minutes. */
    public void runDueAtNextSession(Object queryId) {
        // The grid of a query that has run goes on; before its beginning the first of its runs is due at once.
        store.change(
                "update gateway.registered_query set grid_at = now() + interval '5 minutes' where query_id = ?::uuid",
                queryId.toString());
    }

    /** What is stored of a query's webhook; empty once it was delivered. */
    public Optional<Webhook> webhook(Object queryId) {
        return store.first(
                """
                select webhook_id, attempts, lease is not null, status = 'waiting', last_pause_millis, next_at
                from gateway.webhook_delivery where query_id = ?::uuid""",
                row -> new Webhook(
                        row.getObject(1, UUID.class),
                        row.getInt(2),
                        row.getBoolean(3),
                        row.getBoolean(4),
                        Duration.ofMillis(row.getLong(5)),
                        row.getObject(6, OffsetDateTime.class).toInstant()),
                queryId.toString());
    }

    /** A query's webhook whose pause is over, or the lease of whoever has it. */
    public void webhookDue(Object queryId) {
        store.change(
                "update gateway.webhook_delivery set next_at = now() where query_id = ?::uuid", queryId.toString());
    }

    /** Forgets what an integrator is still to be told, and what could not be told. */
    public void webhooksGone(String integratorId) {
        store.execute("delete from gateway.webhook_delivery where integrator_id = ?::uuid", integratorId);
    }

    /** A query's webhook that was sent for the first time as much longer ago. */
    public void webhookBegun(Object queryId, Duration by) {
        store.change(
                "update gateway.webhook_delivery set first_attempt_at = first_attempt_at - ?::interval"
                        + " where query_id = ?::uuid",
                by.toString(),
                queryId.toString());
    }

    /** A query's webhook that another gateway has taken, and will have for so long. */
    public void webhookTaken(Object queryId, Duration lease) {
        store.change(
                "update gateway.webhook_delivery set lease = gen_random_uuid(), attempts = attempts + 1,"
                        + " next_at = now() + ?::interval where query_id = ?::uuid",
                lease.toString(),
                queryId.toString());
    }

    /** A waiting async query whose stored command has become longer than any record on Kafka may be. */
    public void commandTooLong(Object queryId) {
        store.change("""
                update gateway.async_query set request = convert_to(jsonb_set(convert_from(request, 'UTF8')::jsonb,
                    '{command,text}', to_jsonb(repeat('x', 2000000)))::text, 'UTF8')
                where query_id = ?::uuid""", queryId.toString());
    }

    /** The Link that an async query was made for. */
    public UUID linkOf(Object queryId) {
        return store.first(
                        "select link_id from gateway.async_query where query_id = ?::uuid",
                        row -> row.getObject(1, UUID.class),
                        queryId.toString())
                .orElseThrow();
    }

    /** How many pages are stored of a query. */
    public int pages(Object queryId) {
        return store.first(
                        "select count(*) from gateway.result_page where query_id = ?::uuid",
                        row -> row.getInt(1),
                        queryId.toString())
                .orElseThrow();
    }

    /** A page's body as the Link has sent it, compressed. */
    public byte[] page(Object queryId, int number) {
        return store.first(
                        "select body from gateway.result_page where query_id = ?::uuid and page_number = ?",
                        row -> row.getBytes(1),
                        queryId.toString(),
                        number)
                .orElseThrow();
    }

    /** As the gateways make them ahead of time, which they did not for times before their own. */
    private void partition(String table, Instant time, Duration span) {
        Instant begin = begin(time, span);
        store.execute(
                "create table if not exists gateway.%s_%s partition of gateway.%s for values from ('%s') to ('%s')"
                        .formatted(table, PARTITION.format(begin), table, begin, begin.plus(span)));
    }

    private static Instant begin(Instant time, Duration span) {
        return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), span.toSeconds()) * span.toSeconds());
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
