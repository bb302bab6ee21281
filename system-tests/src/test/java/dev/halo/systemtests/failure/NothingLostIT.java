package dev.halo.systemtests.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.local.ServiceName;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.PendingAnswer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever crashes while queries of all kinds are in flight: each of them reaches an end that the contract names, the
 * successful ones are whole, no write ran twice, and new queries work soon after.
 */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 4)
class NothingLostIT {

    private static final Duration AGAIN = Duration.ofSeconds(30);
    private static final int READS = 4;
    private static final int WRITES = 6;
    private static final int ROWS = 6_000;
    private static final String NEVER = "while the disk was full";

    private static final Set<String> ENDS = Set.of(
            "successful",
            "executionFailed",
            "uploadFailed",
            "expiredInQueue",
            "initialisationFailedSiteOffline",
            "initialisationFailedSiteUnreachable",
            "initialisationFailedCacheError");

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;
    private RecordCopier copier;

    NothingLostIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
    }

    /** What else may happen; takes minutes. */
    static Stream<String> moreFaults() {
        return Stream.of(
                "the gateway is killed",
                "the bridge is killed",
                "the registry is killed",
                "Kafka restarts",
                "PostgreSQL restarts",
                "Firebird restarts",
                "the Link is killed and its journal is gone",
                "the Link's disk is full",
                "Kafka's records come twice and late");
    }

    @BeforeEach
    void makeATableForWrites() {
        suite.repair();
        if (suite.practiceServer()
                .texts("select RDB$RELATION_NAME from RDB$RELATIONS where RDB$RELATION_NAME = 'AT_MOST_ONCE'")
                .isEmpty()) {
            suite.practiceServer().execute("create table AT_MOST_ONCE (MARKER varchar(60))");
            suite.practiceServer().execute("grant all on AT_MOST_ONCE to public");
        }
    }

    @AfterEach
    void repair() {
        if (copier != null) {
            copier.close();
        }
        suite.repair();
    }

    @Tag("chaos")
    @ParameterizedTest
    @MethodSource("moreFaults")
    void everyQueryEndsAlsoWhen(String fault) {
        everyQueryEndsAndNoWriteRunsTwice(fault);
    }

    @ParameterizedTest
    @ValueSource(strings = "the Link is killed")
    void everyQueryEndsAndNoWriteRunsTwice(String fault) {
        // Given queries of all kinds
        if (fault.startsWith("Kafka's records")) {
            copier = RecordCopier.start(suite.kafka().bootstrapServers());
        }
        String round = UUID.randomUUID().toString().substring(0, 8);
        List<String> reads = new ArrayList<>();
        List<String> writes = new ArrayList<>();
        for (int i = 0; i < READS; i++) {
            reads.add(accepted(QueryBody.sql("select first " + ROWS + " PATIENT_ID, rpad('', 400, 'x') as FILL from"
                    + " PATIENTS, CLINICS, DOCTORS order by PATIENT_ID")));
        }
        for (int i = 0; i < WRITES; i++) {
            writes.add(accepted(QueryBody.sql("insert into AT_MOST_ONCE values ('" + round + "-" + i + "')")
                    .nonQuery()));
        }
        String registered = integrator
                .register(
                        demo.siteId(),
                        QueryBody.sql("select count(*) N from PATIENTS").registered(round, 60, 3_600))
                .id();
        PendingAnswer immediate = integrator.start(
                demo.siteId(), QueryBody.sql("select count(*) N from PATIENTS a, PATIENTS b, CLINICS"));

        // When
        happens(fault);

        // Then new queries work within 30 s
        await().atMost(AGAIN)
                .ignoreExceptions()
                .until(() -> integrator
                                .immediate(demo.siteId(), QueryBody.sql("select 1 as ONE from RDB$DATABASE"))
                                .status()
                        == 200);

        // And each query ends, the successful ones whole
        for (String id : reads) {
            Answer ended = ended(id);
            if (ended.queryStatus().equals("successful")) {
                assertWhole(ended);
            }
        }
        for (int i = 0; i < WRITES; i++) {
            Answer ended = ended(writes.get(i));
            int written = written(round + "-" + i);
            assertThat(written).as("%s", ended).isLessThanOrEqualTo(1);
            if (ended.queryStatus().equals("successful")) {
                assertThat(written).isEqualTo(1);
            } else if (ended.errorCode() != 1001) {
                assertThat(written).as("%s", ended).isZero();
            }
        }
        await().atMost(Duration.ofSeconds(90)).ignoreExceptions().until(() -> {
            Answer now = integrator.get(IntegratorClient.registeredPath(demo.siteId()) + "/" + registered);
            return now.queryStatus().equals("enabled")
                    && now.json()
                                    .path("metrics")
                                    .path("executionSucceededCount")
                                    .asInt()
                            >= 1;
        });
        integrator.send("DELETE", IntegratorClient.registeredPath(demo.siteId()) + "/" + registered, null, null);
        if (!fault.equals("the gateway is killed")) {
            assertThat(immediate.await().status()).isIn(200, 400, 503, 504);
        }
    }

    private void happens(String fault) {
        switch (fault) {
            case "the Link is killed" -> killed(ServiceName.LINK);
            case "the bridge is killed" -> killed(ServiceName.ROUTING);
            case "the gateway is killed" -> killed(ServiceName.GATEWAY);
            case "the registry is killed" -> killed(ServiceName.REGISTRY);
            case "Kafka restarts" -> {
                suite.kafka().stop();
                suite.kafka().start();
            }
            case "the Link is killed and its journal is gone" -> {
                suite.kill(ServiceName.LINK);
                delete(suite.linkData().resolve("journal"));
                suite.start(ServiceName.LINK);
            }
            case "the Link's disk is full" -> fillsUp();
            case "Kafka's records come twice and late" ->
                await().atMost(AGAIN).until(() -> copier.lateCopies() > 2 * (READS + WRITES));
            case "PostgreSQL restarts" -> {
                suite.postgres().kill();
                suite.postgres().start();
            }
            default -> {
                suite.firebird().kill();
                suite.firebird().start();
            }
        }
    }

    /** No file of the Link can grow any more, until some time later. */
    private void fillsUp() {
        limitFiles("0");
        try {
            Answer write = integrator.immediate(
                    demo.siteId(),
                    QueryBody.sql("insert into AT_MOST_ONCE values ('" + NEVER + "')")
                            .nonQuery());
            assertThat(write.status()).as("%s", write).isEqualTo(504);
            assertThat(write.errorCode()).as("%s", write).isEqualTo(1099);
            Answer read = integrator.immediate(demo.siteId(), QueryBody.sql("select 1 as ONE from RDB$DATABASE"));
            assertThat(read.status()).as("%s", read).isEqualTo(200);
            assertThat(ended(accepted(QueryBody.sql("select 1 as ONE from RDB$DATABASE")))
                            .queryStatus())
                    .isEqualTo("uploadFailed");
        } finally {
            limitFiles("unlimited");
        }
        assertThat(written(NEVER)).isZero();
    }

    private void limitFiles(String bytes) {
        try {
            Process limit = new ProcessBuilder(
                            "prlimit", "--pid", Long.toString(suite.pid(ServiceName.LINK)), "--fsize=" + bytes + ":")
                    .inheritIO()
                    .start();
            assertThat(limit.waitFor()).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("prlimit of util-linux is needed", e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void killed(ServiceName service) {
        suite.kill(service);
        suite.start(service);
    }

    private String accepted(QueryBody body) {
        Answer answer = integrator.async(demo.siteId(), body);
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        return answer.id();
    }

    private Answer ended(String id) {
        Answer ended = integrator.awaitEnded(demo.siteId(), id);
        assertThat(ended.queryStatus()).as("%s", ended).isIn(ENDS);
        return ended;
    }

    private void assertWhole(Answer ended) {
        int rows = 0;
        int pages = ended.json().path("result").path("pages").size();
        for (int page = 1; page <= pages; page++) {
            Answer answer = integrator.page(demo.siteId(), ended.id(), page);
            assertThat(answer.status()).as("%s", answer).isEqualTo(200);
            rows += answer.pageRows().size();
        }
        assertThat(rows).isEqualTo(ROWS);
        assertThat(ended.json().path("result").path("rows").asInt()).isEqualTo(ROWS);
    }

    private int written(String marker) {
        return Integer.parseInt(suite.practiceServer()
                .texts("select count(*) from AT_MOST_ONCE where MARKER = ?", marker)
                .get(0));
    }
}
