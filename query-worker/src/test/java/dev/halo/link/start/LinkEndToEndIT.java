package dev.halo.link.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.Zstd;
import dev.halo.embedded.DemoPractice;
import dev.halo.embedded.EmbeddedFirebird;
import dev.halo.embedded.ZedmedIni;
import dev.halo.link.cloud.FakeCloud;
import dev.halo.link.cloud.FakeSession;
import dev.halo.link.firebird.Login;
import dev.halo.link.site.ServedSite;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.CommandType;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.RegisteredRun;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The whole Link between a cloud of the test's and a real Firebird with two practices. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LinkEndToEndIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String PASSWORD = "look-only";

    @TempDir
    private static Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final UUID integrator = UUID.randomUUID();
    private EmbeddedFirebird firebird;
    private DemoPractice practice;
    private DemoPractice other;
    private FakeCloud cloud;
    private Link link;

    @BeforeAll
    void start() throws Exception {
        firebird = EmbeddedFirebird.shared();
        practice = practice("e2e-one", "E2E-0001");
        other = practice("e2e-two", "E2E-0002");
        practice.addLargeTable(firebird, "BIG", 60_000);
        Path ini = directory.resolve("zedmed.ini");
        ZedmedIni.write(ini, List.of(practice.installation(firebird), other.installation(firebird)));
        cloud = new FakeCloud(vertx);
        link = open(ini);
        await().atMost(LONG).until(() -> cloud.sites().size() == 2 && !cloud.sessions.isEmpty());
        link.enablement()
                .enable(Login.of(EmbeddedFirebird.SYSDBA, firebird.sysdbaPassword()), site(practice), integrator, "A");
        await().atMost(LONG).until(() -> link.authority().mayServe(siteId(practice)));
        await().atMost(LONG)
                .until(() -> !cloud.session().all(Frame.Credit.class).isEmpty());
    }

    private DemoPractice practice(String folder, String databaseId) {
        return DemoPractice.create(
                firebird, DemoPractice.Spec.small(folder, databaseId).withDiscovery("E2E_LOOK", PASSWORD));
    }

    private Link open(Path ini) {
        Map<String, String> values = new HashMap<>(Map.of(
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
                "E2E_LOOK",
                "halo.link.discovery.password",
                PASSWORD,
                "halo.link.firebird.site-verification",
                "1S",
                "halo.link.sites.retry-every",
                "PT1S"));
        TestConfig config = new TestConfig(values);
        Link opened =
                new Link(config.link(), config.firebird(), new SimpleMeterRegistry(), OpenTelemetry.noop(), vertx);
        opened.start();
        return opened;
    }

    @AfterAll
    void stop() throws Exception {
        if (link != null) {
            link.close();
        }
        cloud.close();
        vertx.close();
    }

    private ServedSite site(DemoPractice of) {
        return link.sites().served().stream()
                .filter(site -> site.binding().databaseId().equals(of.databaseId()))
                .findFirst()
                .orElseThrow();
    }

    private UUID siteId(DemoPractice of) {
        return site(of).siteId();
    }

    private QueryRequest request(UUID siteId, ExecutionMode mode, String text, String catalogue) {
        Command command = new Command(text, mode, CommandType.TEXT, List.of());
        return new QueryRequest(
                UUID.randomUUID(),
                siteId,
                integrator,
                QueryMode.IMMEDIATE,
                command,
                catalogue,
                30_000,
                0,
                Instant.now());
    }

    private OutcomeCodec.Decoded run(QueryRequest request) {
        FakeSession session = cloud.session();
        session.send(new Frame.Query(request, Map.of()));
        await().atMost(LONG).until(() -> session.outcomes.containsKey(request.queryId()));
        return session.outcomes.get(request.queryId());
    }

    private OutcomeCodec.Decoded run(DemoPractice of, ExecutionMode mode, String text) {
        return run(request(siteId(of), mode, text, null));
    }

    private static QueryFailure failure(OutcomeCodec.Decoded decoded) {
        assertThat(decoded.outcome()).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) decoded.outcome()).failure();
    }

    @Test
    void readsRowsOfEachCatalogue() {
        // When
        OutcomeCodec.Decoded patients = run(practice, ExecutionMode.READER, "select count(*) as N from PATIENTS");
        OutcomeCodec.Decoded documents = run(
                request(siteId(practice), ExecutionMode.READER, "select first 1 1 as N from DOCUMENTS", "documents"));

        // Then
        assertThat(patients.outcome()).isInstanceOf(Outcome.Rows.class);
        assertThat(StandardCharsets.UTF_8.decode(patients.rows()).toString()).isEqualTo("[{\"N\":200}]");
        assertThat(documents.outcome()).isInstanceOf(Outcome.Rows.class);
        assertThat(((Outcome.Rows) documents.outcome()).storage()).isEqualTo(Outcome.Storage.INLINE);
    }

    @Test
    void announcesWhatItFound() {
        // Then
        assertThat(cloud.sites())
                .extracting(site -> site.databaseId())
                .containsExactlyInAnyOrder("E2E-0001", "E2E-0002");
        await().atMost(LONG).untilAsserted(() -> assertThat(cloud.sites().stream()
                        .filter(site -> site.siteId().equals(siteId(practice)))
                        .findFirst()
                        .orElseThrow()
                        .enabledIntegrators())
                .containsExactly(integrator));
    }

    @Test
    void refusesAnIntegratorThatThisPracticeHasNotEnabled() {
        // When
        QueryFailure failure = failure(run(other, ExecutionMode.READER, "select 1 from PATIENTS"));

        // Then
        assertThat(failure.is(LinkErrorCode.INTEGRATOR_DISABLED)).isTrue();
    }

    @Test
    void answersTheDatabasesOwnError() {
        // When
        QueryFailure failure = failure(run(practice, ExecutionMode.READER, "select * from SECRET_NOTES"));

        // Then
        assertThat(failure.type()).isEqualTo(ErrorType.FBSQL);
        assertThat(failure.code()).isEqualTo(335544352);
    }

    @Test
    void refusesAnUnknownCatalogue() {
        // When
        QueryFailure failure =
                failure(run(request(siteId(practice), ExecutionMode.READER, "select 1 from PATIENTS", "NOPE")));

        // Then
        assertThat(failure.is(LinkErrorCode.UNKNOWN_CATALOGUE)).isTrue();
    }

    @Test
    void uploadsALargeResultBeforeItEnds() {
        // Given
        QueryRequest request = request(siteId(practice), ExecutionMode.READER, "select first 5000 * from BIG", null);

        // When
        OutcomeCodec.Decoded ended = run(request);

        // Then
        Outcome.Rows rows = (Outcome.Rows) ended.outcome();
        assertThat(rows.storage()).isEqualTo(Outcome.Storage.STORED);
        assertThat(rows.rows()).isEqualTo(5000);
        byte[] stored = cloud.uploads.get(LinkApi.pagePath(request.queryId(), 1));
        assertThat(Zstd.decompress(stored, (int) rows.size())).hasSize((int) rows.size());
        assertThat(cloud.uploadHeaders).contains(Map.entry(LinkApi.HEADER_ROWS, "5000"));
    }

    @Test
    void answers413BeyondEightMegabytes() {
        // When
        QueryFailure failure = failure(run(practice, ExecutionMode.READER, "select * from BIG"));

        // Then
        assertThat(failure.type()).isEqualTo(ErrorType.HTTP);
        assertThat(failure.code()).isEqualTo(413);
    }

    private RegisteredRun firstRun(String text) {
        Command command = new Command(text, ExecutionMode.READER, CommandType.TEXT, List.of());
        RegisteredRequest request = new RegisteredRequest(
                UUID.randomUUID(), siteId(practice), integrator, command, null, 60, 0, 30_000, 0, null, Instant.now());
        cloud.session().send(new Frame.Register(request));
        return await().atMost(LONG)
                .until(
                        () -> cloud.session().all(Frame.Ran.class).stream()
                                .map(Frame.Ran::run)
                                .filter(run -> run.registeredId().equals(request.queryId()))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void uploadsTheResultOfARegisteredQuerysRun() {
        // When
        RegisteredRun run = firstRun("select count(*) as N from PATIENTS");

        // Then
        assertThat(run.changed()).isTrue();
        byte[] stored = cloud.uploads.get(LinkApi.runPath(run.registeredId(), run.number()));
        Outcome.Rows rows = (Outcome.Rows) run.outcome();
        assertThat(new String(Zstd.decompress(stored, (int) rows.size()), StandardCharsets.UTF_8))
                .isEqualTo("[{\"N\":200}]");
    }

    @Test
    void aRunBeyondEightMegabytesFails() {
        // When
        RegisteredRun run = firstRun("select * from BIG");

        // Then
        assertThat(((Outcome.Failed) run.outcome()).failure().code()).isEqualTo(413);
        assertThat(run.changed()).isFalse();
    }

    @Test
    void writesOnceHoweverOftenTheQueryComes() {
        // Given
        QueryRequest request = request(
                siteId(practice),
                ExecutionMode.NON_QUERY,
                "update APPOINTMENTS set STATUS = STATUS where APPOINTMENT_ID = 1",
                null);
        int before = link.journal().size();

        // When
        OutcomeCodec.Decoded first = run(request);
        cloud.session().send(new Frame.Query(request, Map.of()));
        run(practice, ExecutionMode.READER, "select 1 from RDB$DATABASE");

        // Then
        assertThat(first.outcome()).isInstanceOf(Outcome.Affected.class);
        assertThat(link.journal().size()).isEqualTo(before + 1);
        assertThat(cloud.session().all(Frame.Ended.class).stream()
                        .filter(ended -> ended.queryId().equals(request.queryId())))
                .hasSize(1);
    }

    @Test
    void cancelsWhatRuns() {
        // Given
        QueryRequest request = request(
                siteId(practice),
                ExecutionMode.SCALAR,
                "select count(*) from BIG a cross join BIG b where a.ID + b.ID < 0",
                null);
        FakeSession session = cloud.session();
        session.send(new Frame.Query(request, Map.of()));
        await().atMost(LONG).until(() -> link.queue().running() > 0);

        // When
        session.send(new Frame.Cancel(request.queryId(), LinkErrorCode.CANCELLED));

        // Then
        await().atMost(LONG).until(() -> session.outcomes.containsKey(request.queryId()));
        assertThat(failure(session.outcomes.get(request.queryId())).is(LinkErrorCode.CANCELLED))
                .isTrue();
    }

    @Test
    void disablesAtOnceWhatRuns() throws Exception {
        // Given
        UUID leaving = UUID.randomUUID();
        Login administrator = Login.of(EmbeddedFirebird.SYSDBA, firebird.sysdbaPassword());
        link.enablement().enable(administrator, site(practice), leaving, "B");
        Command slow = new Command(
                "select count(*) from BIG a cross join BIG b where a.ID + b.ID < 0",
                ExecutionMode.SCALAR,
                CommandType.TEXT,
                List.of());
        QueryRequest of = request(siteId(practice), ExecutionMode.SCALAR, "select 1", null);
        QueryRequest request = new QueryRequest(
                UUID.randomUUID(),
                of.siteId(),
                leaving,
                of.mode(),
                slow,
                null,
                of.queueMillis(),
                of.replySlot(),
                of.createdAt());
        FakeSession session = cloud.session();
        session.send(new Frame.Query(request, Map.of()));
        await().atMost(LONG).until(() -> link.queue().running() > 0);

        // When
        link.enablement().disable(administrator, site(practice), leaving);

        // Then
        await().atMost(Duration.ofSeconds(10)).until(() -> session.outcomes.containsKey(request.queryId()));
        assertThat(failure(session.outcomes.get(request.queryId())).is(LinkErrorCode.INTEGRATOR_DISABLED))
                .isTrue();
        await().atMost(Duration.ofSeconds(5)).until(() -> cloud.sites().stream()
                .noneMatch(site -> site.enabledIntegrators().contains(leaving)));
    }
}
