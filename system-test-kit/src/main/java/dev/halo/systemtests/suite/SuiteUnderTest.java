package dev.halo.systemtests.suite;

import static org.awaitility.Awaitility.await;

import dev.halo.embedded.DemoPractice;
import dev.halo.embedded.EmbeddedFirebird;
import dev.halo.embedded.EmbeddedKafka;
import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.local.LinkCommands;
import dev.halo.local.LinkInstallation;
import dev.halo.local.ServiceName;
import dev.halo.local.ServiceProcess;
import dev.halo.local.Suite;
import dev.halo.local.SuitePorts;
import dev.halo.local.SuiteSettings;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.site.Environment;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** The running suite, as {@code ./halo up} starts it: its addresses and keys, and its processes to stop and start. */
public final class SuiteUnderTest implements AutoCloseable {

    /** Order of classes that break the suite and repair it: behind all that only use it. */
    public static final int AFTER_THE_ORDINARY = 1_800_000_000;

    /** Order of what looks at all that the others have left behind. */
    public static final int LAST = Integer.MAX_VALUE;

    private static final String LINK_TOKEN_KEY = "halo.registry.link-token-private-key";
    private static final Duration READY = Duration.ofSeconds(120);
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    private final Suite suite;
    private final Demo demo;
    private final Map<ServiceName, Map<String, String>> launchers = new EnumMap<>(ServiceName.class);
    private final Map<ServiceName, Set<String>> overridden = new EnumMap<>(ServiceName.class);
    private String revokedKey;

    private SuiteUnderTest(Suite suite, Demo demo) {
        this.suite = suite;
        this.demo = demo;
    }

    static SuiteUnderTest start() {
        SuiteSettings settings = SuiteSettings.builder(REPOSITORY, Path.of("target", "suite"))
                .ports(SuitePorts.random())
                .patients(2_000, 200)
                .clean(true)
                // What ends by time is looked for often, so that tests need not wait for it.
                .override(ServiceName.GATEWAY, "halo.gateway.async.sweep.interval", "1s")
                .override(ServiceName.GATEWAY, "halo.gateway.registered.sweep-interval", "1s")
                .override(ServiceName.GATEWAY, "halo.gateway.pages.maintenance", "3s")
                .override(ServiceName.GATEWAY, "halo.gateway.webhooks.poll-interval", "100ms")
                .progress(line -> System.out.println("[suite] " + line))
                .build();
        Suite suite = Suite.open(settings);
        try {
            suite.start();
            return new SuiteUnderTest(suite, Demo.read(suite.state().root().resolve("demo.env")));
        } catch (RuntimeException e) {
            suite.close();
            throw e;
        }
    }

    @Override
    public void close() {
        suite.close();
    }

    public Demo demo() {
        return demo;
    }

    /** A client with any key; null sends none. */
    public IntegratorClient client(String key) {
        return new IntegratorClient(demo.gateway(), key);
    }

    /** Enabled at both practices; paired with the first. */
    public IntegratorClient integratorA() {
        return client(demo.keyA());
    }

    /** Enabled nowhere. */
    public IntegratorClient integratorB() {
        return client(demo.keyB());
    }

    /** Enabled at the first practice alone, and paired with it. */
    public IntegratorClient integratorC() {
        return client(demo.keyC());
    }

    public OperatorClient operator() {
        return new OperatorClient(demo);
    }

    /** A key that was valid once, and that the gateway knows as revoked. */
    public synchronized String revokedKey() {
        if (revokedKey == null) {
            String integrator = operator().createIntegrator("System tests " + UUID.randomUUID());
            String key = operator().issueKey(integrator, "PRIMARY");
            operator().revokeKey(integrator, "PRIMARY");
            // The gateway learns of it through Kafka: first the key, then that it is revoked.
            await().atMost(READY)
                    .until(() -> client(key).sites(demo.databaseId()).message().contains("revoked"));
            revokedKey = key;
        }
        return revokedKey;
    }

    public PracticeServer practiceServer() {
        return new PracticeServer(demo);
    }

    public EmbeddedFirebird firebird() {
        return suite.firebird();
    }

    public EmbeddedKafka kafka() {
        return suite.kafka();
    }

    public EmbeddedPostgres postgres() {
        return suite.postgres();
    }

    /** Makes what the cloud has stored older than it is. */
    public Ageing ageing() {
        return new Ageing(new CloudStore(postgres()));
    }

    /** A token as the registry gives it to a Link. */
    public String linkToken(UUID linkId) {
        byte[] key =
                Base64.getDecoder().decode(readSettings(ServiceName.REGISTRY).get(LINK_TOKEN_KEY));
        try {
            PrivateKey signs = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
            return new LinkTokens.Signer(signs, Environment.PRODUCTION).sign(linkId, Instant.now());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The demo's two practices. */
    public List<DemoPractice> practices() {
        return suite.practices();
    }

    /** The INI that the Link reads unless it is told otherwise. */
    public Path zedmedIni() {
        return suite.state().root().resolve("zedmed").resolve("zedmed.ini");
    }

    /** Where the suite's own keys lie, with which its tokens are signed. */
    public Path keys() {
        return suite.state().root().resolve("keys");
    }

    /** What the practice's administrator does on the Link's machine. */
    public LinkCommands linkCommands() {
        return suite.linkCommands();
    }

    /** The id of the demo's integrator of a letter. */
    public String integratorId(String letter) {
        return suite.facts().integrators().get(letter).integratorId();
    }

    /** Every file that a process of the suite has written as its log. */
    public List<Path> logs() {
        try (Stream<Path> files = Files.walk(suite.state().root())) {
            return files.filter(file -> file.toString().matches(".*\\.(log|out)"))
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(suite.state().root().resolve("kafka")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a service has logged so far. */
    public String log(ServiceName service) {
        try {
            return Files.readString(process(service).log(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Base URL of a service. */
    public URI url(ServiceName service) {
        return process(service).url();
    }

    public boolean isAlive(ServiceName service) {
        return process(service).isRunning();
    }

    /** The operating system's id of a service's process. */
    public long pid(ServiceName service) {
        return process(service).pid();
    }

    /** Where the Link keeps its journal and its spool. */
    public Path linkData() {
        return Path.of(readSettings(ServiceName.LINK).get("halo.link.data-dir"));
    }

    /** Stops a service in order. */
    public void stop(ServiceName service) {
        process(service).stop();
    }

    /** Ends a service without notice. */
    public void kill(ServiceName service) {
        process(service).kill();
    }

    /** Starts a service and waits until it is ready. */
    public void start(ServiceName service) {
        process(service).start();
        process(service).awaitReady(READY);
    }

    /** Restarts a service with settings on top of the launcher's; those of the last restart are taken back. */
    public void restart(ServiceName service, Map<String, String> settings) {
        ServiceProcess process = process(service);
        Map<String, String> own = launchers.computeIfAbsent(service, this::readSettings);
        overridden.getOrDefault(service, Set.of()).forEach(key -> process.configure(key, own.get(key)));
        overridden.put(service, Set.copyOf(settings.keySet()));
        settings.forEach(process::configure);
        process.stop();
        process.start();
    }

    private Map<String, String> readSettings(ServiceName service) {
        Path file = suite.state().root().resolve("config").resolve(service.id() + ".properties");
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> settings = new HashMap<>();
        properties.forEach((key, value) -> settings.put((String) key, (String) value));
        return settings;
    }

    /** One more bridge or gateway, started and ready; it ends with the suite unless a test ends it. */
    public ServiceProcess startAnother(ServiceName service) {
        ServiceProcess another = suite.another(service);
        another.start();
        another.awaitReady(READY);
        return another;
    }

    /** One more Link of the same databases, started; who enrols it decides what it is for. It ends with the suite. */
    public LinkInstallation startAnotherLink() {
        LinkInstallation another = suite.anotherLink();
        another.process().start();
        return another;
    }

    /** Starts whatever a test has stopped and waits until queries run again. */
    public void repair() {
        kafka().start();
        postgres().start();
        firebird().start();
        for (ServiceName service : ServiceName.values()) {
            if (!isAlive(service)) {
                start(service);
            }
        }
        awaitOnline();
    }

    /** Waits until the first practice answers queries. */
    public void awaitOnline() {
        await().atMost(READY)
                .ignoreExceptions()
                .until(() -> integratorA()
                                .immediate(demo.siteId(), QueryBody.sql("select 1 as ONE from RDB$DATABASE"))
                                .status()
                        == 200);
    }

    private ServiceProcess process(ServiceName service) {
        return suite.service(service);
    }
}
