package dev.halo.link.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.halo.embedded.DemoPractice;
import dev.halo.embedded.EmbeddedFirebird;
import dev.halo.embedded.ZedmedIni;
import dev.halo.link.cloud.FakeCloud;
import dev.halo.link.cloud.FakeCloud.UploadAnswer;
import dev.halo.link.cloud.FakeSession;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.CommandType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Asyncs of a Link in a process of its own, on a real Firebird: with little memory, and killed at every point. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AsyncProcessIT {

    private static final Duration LONG = Duration.ofSeconds(180);
    private static final int ROWS = 300_000;
    private static final int SOME = 50_000;
    private static final int WRITES = 60;
    private static final int KILLS = 3;
    private static final String LOOK_PASSWORD = "look-only";

    @TempDir
    private static Path shared;

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final UUID integrator = UUID.randomUUID();
    private EmbeddedFirebird firebird;
    private DemoPractice practice;
    private Path ini;
    private FakeCloud cloud;
    private LinkProcess link;
    private UUID siteId;
    private Connection holder;

    @BeforeAll
    void prepare() {
        firebird = EmbeddedFirebird.shared();
        practice = DemoPractice.create(
                firebird, DemoPractice.Spec.small("async", "ASYNC-01").withDiscovery("ASYNC_LOOK", LOOK_PASSWORD));
        practice.addLargeTable(firebird, "BIG", ROWS);
        firebird.execute(
                practice.patientDatabase(),
                "create table MARKS (ID integer not null primary key);"
                        + " create table EVENTS (ID integer not null);"
                        + " grant select, insert on MARKS to role HALO_INTEGRATOR;"
                        + " grant select, insert on EVENTS to role HALO_INTEGRATOR;");
        ini = shared.resolve("zedmed.ini");
        ZedmedIni.write(ini, List.of(practice.installation(firebird)));
    }

    @BeforeEach
    void startCloud() throws Exception {
        cloud = new FakeCloud(vertx);
    }

    @AfterEach
    void stopLink() throws Exception {
        link.close();
        cloud.close();
        if (holder != null) {
            holder.close();
        }
        firebird.execute(practice.patientDatabase(), "delete from MARKS;");
    }

    @AfterAll
    void close() {
        vertx.close();
    }

    /** Starts the Link, or starts it again on what it left. */
    private void start(String heap) throws Exception {
        int sessions = cloud.sessions.size();
        Map<String, String> config = new HashMap<>(Map.of(
                "halo.link.cloud-url",
                cloud.url().toString(),
                "halo.link.data-dir",
                directory.resolve("data").toString(),
                "halo.link.key-file",
                directory.resolve("keys/link.key").toString(),
                "halo.link.enrolment-token",
                FakeCloud.ENROLMENT_TOKEN,
                "halo.link.zedmed.ini",
                ini.toString(),
                "halo.link.discovery.user",
                "ASYNC_LOOK",
                "halo.link.discovery.password",
                LOOK_PASSWORD,
                "halo.link.sites.retry-every",
                "PT1S",
                "halo.link.execution.lock-timeout",
                "25S",
                "halo.link.upload.max-back-off",
                "PT0.5S"));
        config.put("halo.link.upload.min-back-off", "PT0.1S");
        config.put("halo.link.session.min-back-off", "PT0.05S");
        config.put("halo.link.session.max-back-off", "PT0.5S");
        link = LinkProcess.start(directory, heap, config, integrator, firebird.sysdbaPassword());
        await().atMost(LONG)
                .until(() -> cloud.sessions.size() > sessions
                        && !cloud.sites().isEmpty()
                        && cloud.sites().get(0).enabledIntegrators().contains(integrator)
                        && !cloud.session().all(Frame.Credit.class).isEmpty()
                        && !cloud.authority().isEmpty());
        siteId = cloud.sites().get(0).siteId();
    }

    private QueryRequest request(ExecutionMode mode, String text) {
        return new QueryRequest(
                UUID.randomUUID(),
                siteId,
                integrator,
                QueryMode.ASYNC,
                new Command(text, mode, CommandType.TEXT, List.of()),
                null,
                600_000,
                QueryRequest.NO_REPLY_SLOT,
                Instant.now());
    }

    private void send(QueryRequest request) {
        cloud.session().send(new Frame.Query(request, Map.of()));
    }

    private Outcome awaitOutcome(QueryRequest request) {
        FakeSession session = cloud.session();
        await().atMost(LONG).until(() -> session.outcomes.containsKey(request.queryId()));
        return session.outcomes.get(request.queryId()).outcome();
    }

    private void awaitExecuting(QueryRequest request) {
        await().atMost(LONG).until(() -> cloud.session().all(Frame.Executing.class).stream()
                .anyMatch(frame -> frame.queryId().equals(request.queryId())));
    }

    /** Whoever inserts this mark has to wait, as long as this test goes on. */
    private void holdMark(int id) throws SQLException {
        holder = firebird.connect(practice.patientDatabase());
        holder.setAutoCommit(false);
        try (Statement statement = holder.createStatement()) {
            statement.executeUpdate("insert into MARKS (ID) values (" + id + ")");
        }
    }

    private String value(String sql) {
        try (Connection connection = firebird.connect(practice.patientDatabase());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The sum of a column over all pages, whose rows must come in the order of their ids from 1. */
    private long sumInOrder(QueryRequest request, Outcome.Rows rows) throws IOException {
        long expected = 0;
        long sum = 0;
        for (int page = 1; page <= rows.pages(); page++) {
            byte[] body = cloud.uploads.get(LinkApi.pagePath(request.queryId(), page));
            assertThat(body).as("page %d", page).isNotNull();
            assertThat(cloud.headersOf
                            .get(LinkApi.pagePath(request.queryId(), page))
                            .get(LinkApi.HEADER_FIRST_ROW))
                    .isEqualTo(Long.toString(expected));
            try (JsonParser json =
                    new JsonFactory().createParser(new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(body)))) {
                while (json.nextToken() != null) {
                    if (json.currentToken() == JsonToken.FIELD_NAME
                            && json.currentName().equals("ID")) {
                        json.nextToken();
                        assertThat(json.getLongValue()).isEqualTo(++expected);
                    } else if (json.currentToken() == JsonToken.FIELD_NAME
                            && json.currentName().equals("COUNTED")) {
                        json.nextToken();
                        sum += json.getLongValue();
                    }
                }
            }
        }
        assertThat(expected).isEqualTo(rows.rows());
        return sum;
    }

    @Test
    void streamsALargeResultWithLittleMemoryAndBeginsAnewWhenItIsKilled() throws Exception {
        // Given
        start("96m");
        QueryRequest request = request(ExecutionMode.READER, "select * from BIG order by ID");

        // When
        send(request);
        Outcome.Rows rows = (Outcome.Rows) awaitOutcome(request);

        // Then
        assertThat(rows.rows()).isEqualTo(ROWS);
        assertThat(rows.size()).isGreaterThan(96L * 1024 * 1024 / 2);
        assertThat(rows.pages()).isGreaterThan(50);
        assertThat(sumInOrder(request, rows)).isEqualTo(Long.parseLong(value("select sum(COUNTED) from BIG")));
        assertThat(link.isAlive()).isTrue();
        assertThat(directory.resolve("data/spool")).isEmptyDirectory();

        // When there is no row
        QueryRequest none = request(ExecutionMode.READER, "select ID from BIG where ID < 0");
        send(none);

        // Then there is one page
        assertThat(((Outcome.Rows) awaitOutcome(none)).pages()).isEqualTo(1);
        byte[] body = cloud.uploads.get(LinkApi.pagePath(none.queryId(), 1));
        try (ZstdInputStreamNoFinalizer json = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(body))) {
            assertThat(new String(json.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("[]");
        }
        uploadsAnewAfterAKill();
    }

    private void uploadsAnewAfterAKill() throws Exception {
        // Given
        cloud.uploadAnswer = path -> path.endsWith("/2") ? UploadAnswer.of(503) : UploadAnswer.of(204);
        QueryRequest request = request(ExecutionMode.READER, "select * from BIG where ID <= " + SOME + " order by ID");
        send(request);
        await().atMost(LONG).until(() -> cloud.session().all(Frame.Uploading.class).stream()
                .anyMatch(frame -> frame.queryId().equals(request.queryId())));
        link.kill();
        assertThat(directory.resolve("data/spool")).isNotEmptyDirectory();
        cloud.uploadAnswer = path -> UploadAnswer.of(204);

        // When
        start("96m");
        Frame.Hello hello = cloud.session().first(Frame.Hello.class).orElseThrow();
        send(request);

        // Then
        assertThat(hello.held()).isEmpty();
        Outcome.Rows rows = (Outcome.Rows) awaitOutcome(request);
        assertThat(rows.rows()).isEqualTo(SOME);
        assertThat(sumInOrder(request, rows))
                .isEqualTo(Long.parseLong(value("select sum(COUNTED) from BIG where ID <= " + SOME)));
        assertThat(directory.resolve("data/spool")).isEmptyDirectory();
    }

    /** One write is committed and not confirmed, the next one waits for a lock, and the last one for its turn. */
    @Test
    void isKilledBeforeDuringAndAfterAWrite() throws Exception {
        // Given
        start("128m");
        cloud.session().acks = false;
        holdMark(3);
        QueryRequest committed = request(ExecutionMode.NON_QUERY, "insert into MARKS (ID) values (1)");
        QueryRequest runs = request(ExecutionMode.NON_QUERY, "insert into MARKS (ID) values (3)");
        QueryRequest waits = request(ExecutionMode.NON_QUERY, "insert into MARKS (ID) values (2)");
        send(committed);
        assertThat(awaitOutcome(committed)).isInstanceOf(Outcome.Affected.class);
        long journalled = Files.size(directory.resolve("data/journal/journal.log"));
        send(runs);
        awaitExecuting(runs);
        await().atMost(LONG).until(() -> Files.size(directory.resolve("data/journal/journal.log")) > journalled);
        send(waits);
        await().atMost(LONG).until(() -> cloud.session().all(Frame.Queued.class).size() == 3);
        UUID journal = cloud.session().first(Frame.Hello.class).orElseThrow().journalId();
        link.kill();

        // When
        start("128m");
        Frame.Hello hello = cloud.session().first(Frame.Hello.class).orElseThrow();
        Outcome again = awaitOutcome(committed);
        Outcome unknown = awaitOutcome(runs);
        List.of(committed, runs, waits).forEach(this::send);

        // Then what was committed is told again, what ran is not run again, and what waited runs
        assertThat(hello.journalId()).isEqualTo(journal);
        assertThat(hello.held()).containsExactlyInAnyOrder(committed.queryId(), runs.queryId());
        assertThat(((Outcome.Affected) again).rowsAffected()).isEqualTo(1);
        assertThat(((Outcome.Failed) unknown).failure().is(LinkErrorCode.OUTCOME_UNKNOWN))
                .isTrue();
        assertThat(awaitOutcome(waits)).isInstanceOf(Outcome.Affected.class);
        assertThat(value("select list(ID) from (select ID from MARKS order by ID)"))
                .isEqualTo("1,2");
    }

    @Tag("chaos")
    @Test
    void isKilledAtAnyMomentAndRunsNoWriteTwice() throws Exception {
        // Given
        start("128m");
        Map<UUID, Integer> marks = new LinkedHashMap<>();
        List<QueryRequest> writes = new ArrayList<>();
        for (int i = 1; i <= WRITES; i++) {
            QueryRequest write = request(ExecutionMode.NON_QUERY, "insert into EVENTS (ID) values (" + i + ")");
            marks.put(write.queryId(), i);
            writes.add(write);
        }

        // When
        writes.forEach(this::send);
        for (int kill = 1; kill <= KILLS; kill++) {
            int enough = kill * WRITES / (KILLS + 1);
            await().atMost(LONG).until(() -> outcomes().size() >= enough);
            link.kill();
            start("128m");
            List<UUID> held =
                    cloud.session().first(Frame.Hello.class).orElseThrow().held();
            Set<UUID> ended = outcomes().keySet();
            writes.stream()
                    .filter(write -> !held.contains(write.queryId()) && !ended.contains(write.queryId()))
                    .forEach(this::send);
        }
        await().atMost(LONG).until(() -> outcomes().size() == WRITES);

        // Then
        outcomes().forEach((queryId, outcome) -> {
            int written = Integer.parseInt(value("select count(*) from EVENTS where ID = " + marks.get(queryId)));
            if (outcome instanceof Outcome.Affected) {
                assertThat(written).as("write %d", marks.get(queryId)).isEqualTo(1);
            } else {
                assertThat(((Outcome.Failed) outcome).failure().is(LinkErrorCode.OUTCOME_UNKNOWN))
                        .isTrue();
                assertThat(written).as("write %d", marks.get(queryId)).isLessThanOrEqualTo(1);
            }
        });
    }

    /** The first outcome of each query, over all sessions. */
    private Map<UUID, Outcome> outcomes() {
        Map<UUID, Outcome> outcomes = new HashMap<>();
        cloud.sessions.forEach(session ->
                session.outcomes.forEach((queryId, decoded) -> outcomes.putIfAbsent(queryId, decoded.outcome())));
        return outcomes;
    }
}
