package dev.halo.link.start;

import static org.awaitility.Awaitility.await;

import dev.halo.link.cloud.FakeCloud;
import dev.halo.link.cloud.FakeSession;
import dev.halo.link.firebird.Login;
import dev.halo.link.site.ServedSite;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.CommandType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A Link on stub databases, with a cloud of the test's; one installation unless the test writes another INI. */
public final class LinkHarness implements AutoCloseable {

    public static final Duration LONG = Duration.ofSeconds(30);
    public static final Login ADMIN = Login.of("SYSDBA", "masterkey");

    public final Vertx vertx = Vertx.vertx();
    public final StubDatabases databases = new StubDatabases();
    public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    public final UUID integrator = UUID.randomUUID();
    public final Path ini;
    public FakeCloud cloud;
    public Link link;

    private final Map<String, String> values = new HashMap<>();

    public LinkHarness(Path directory) throws Exception {
        this.ini = directory.resolve("zedmed.ini");
        this.cloud = new FakeCloud(vertx);
        ini("[Main]\nPatientDatabase=main.fdb\nDocumentDatabase=main-docs.fdb\n");
        databases.practice("main.fdb", "ID1", "STANDARD");
        values.putAll(Map.of(
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
                "halo.link.sites.retry-every",
                "PT0.1S",
                "halo.link.registry.min-back-off",
                "PT0.05S",
                "halo.link.registry.max-back-off",
                "PT0.2S",
                "halo.link.stop-grace",
                "PT1S"));
        values.put("halo.link.session.min-back-off", "PT0.05S");
        values.put("halo.link.session.max-back-off", "PT0.2S");
    }

    public void ini(String text) throws IOException {
        Files.writeString(ini, text);
    }

    public LinkHarness with(String key, String value) {
        values.put("halo.link." + key, value);
        return this;
    }

    /** Starts the Link, or starts it again. */
    public LinkHarness start() {
        link = new Link(new TestConfig(values).link(), databases, meters, OpenTelemetry.noop(), vertx);
        link.start();
        return this;
    }

    /** Starts the Link and waits until it can run the integrator's queries at its site. */
    public LinkHarness ready() throws Exception {
        start();
        awaitSession();
        if (link.enablement().login(siteId(), integrator).isEmpty()) {
            link.enablement().enable(ADMIN, site(), integrator, "A");
        }
        return this;
    }

    public void awaitSession() {
        await().atMost(LONG)
                .until(() -> !cloud.sessions.isEmpty() && cloud.session().isOpen());
        await().atMost(LONG)
                .until(() -> link.session().state().isOpen()
                        && !link.sites().served().isEmpty()
                        && link.authority().mayServe(siteId())
                        && !cloud.session().all(Frame.Credit.class).isEmpty());
    }

    public ServedSite site() {
        return link.sites().served().get(0);
    }

    public UUID siteId() {
        return site().siteId();
    }

    public QueryRequest request(ExecutionMode mode, String text) {
        return request(mode, text, 30_000);
    }

    public QueryRequest request(ExecutionMode mode, String text, long queueMillis) {
        return new QueryRequest(
                UUID.randomUUID(),
                siteId(),
                integrator,
                QueryMode.IMMEDIATE,
                new Command(text, mode, CommandType.TEXT, List.of()),
                null,
                queueMillis,
                4,
                Instant.now());
    }

    public QueryRequest async(String text) {
        return async(ExecutionMode.READER, text, 3_600_000);
    }

    public QueryRequest async(ExecutionMode mode, String text, long queueMillis) {
        return new QueryRequest(
                UUID.randomUUID(),
                siteId(),
                integrator,
                QueryMode.ASYNC,
                new Command(text, mode, CommandType.TEXT, List.of()),
                null,
                queueMillis,
                QueryRequest.NO_REPLY_SLOT,
                Instant.now());
    }

    /** A registered query whose first run is due at once. */
    public RegisteredRequest registered(ExecutionMode mode, String text, long frequencySeconds, long remainingMillis) {
        return new RegisteredRequest(
                UUID.randomUUID(),
                siteId(),
                integrator,
                new Command(text, mode, CommandType.TEXT, List.of()),
                null,
                frequencySeconds,
                0,
                remainingMillis,
                0,
                null,
                Instant.now());
    }

    public void send(QueryRequest request) {
        cloud.session().send(new Frame.Query(request, Map.of()));
    }

    public OutcomeCodec.Decoded awaitOutcome(UUID queryId) {
        await().atMost(LONG)
                .until(() -> cloud.sessions.stream().anyMatch(session -> session.outcomes.containsKey(queryId)));
        return cloud.sessions.stream()
                .map(session -> session.outcomes.get(queryId))
                .filter(outcome -> outcome != null)
                .findFirst()
                .orElseThrow();
    }

    public OutcomeCodec.Decoded run(QueryRequest request) {
        send(request);
        return awaitOutcome(request.queryId());
    }

    public QueryFailure failure(UUID queryId) {
        return ((Outcome.Failed) awaitOutcome(queryId).outcome()).failure();
    }

    public void awaitRunning(int count) {
        await().atMost(LONG).until(() -> link.queue().running() == count);
    }

    public double count(String meter) {
        return meters.find(meter).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    public FakeSession session() {
        return cloud.session();
    }

    @Override
    public void close() throws Exception {
        if (link != null) {
            link.close();
        }
        cloud.close();
        vertx.close();
    }
}
