package dev.halo.registry;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.test.key.RsaKeys;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.smallrye.jwt.build.Jwt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A Kafka that tests may stop and start again, a PostgreSQL, and the keys with which tests sign tokens. */
public class RegistrySuite implements QuarkusTestResourceLifecycleManager {

    /** Marks the field of a test that gets the suite. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.FIELD)
    public @interface Inject {}

    /** Seals secrets. */
    public static final String AT_REST_KEY = Base64.getEncoder().encodeToString(new byte[32]);

    /** Refused calls after which an address is slowed. */
    static final int REFUSALS = 70;

    private static final Duration LONGER_THAN_ALL_TESTS = Duration.ofHours(2);

    private static final String DATABASE = "registry_it";

    private Path directory;
    private EmbeddedKafka kafka;
    private int kafkaPort;
    private EmbeddedPostgres postgres;
    private final KeyPair operators = RsaKeys.issuer();
    private final Map<Set<String>, String> tokens = new ConcurrentHashMap<>();
    private KeyPair links;

    @Override
    public Map<String, String> start() {
        try {
            directory = Files.createTempDirectory("registry-it");
            KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
            ec.initialize(new ECGenParameterSpec("secp256r1"));
            links = ec.generateKeyPair();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        kafka = EmbeddedKafka.start(directory, 0);
        kafkaPort = kafka.port();
        postgres = EmbeddedPostgres.shared();
        postgres.createDatabase(DATABASE);
        Base64.Encoder base64 = Base64.getEncoder();
        return Map.ofEntries(
                Map.entry("halo.registry.environment", "production"),
                Map.entry(
                        "halo.registry.link-token-private-key",
                        base64.encodeToString(links.getPrivate().getEncoded())),
                Map.entry("halo.registry.at-rest-key", AT_REST_KEY),
                Map.entry("halo.registry.database.host", postgres.host()),
                Map.entry("halo.registry.database.port", Integer.toString(postgres.port())),
                Map.entry("halo.registry.database.name", DATABASE),
                Map.entry("halo.registry.database.user", postgres.user()),
                Map.entry("halo.registry.database.password", postgres.password()),
                Map.entry("halo.registry.authority.confirmation-wait", "PT0.5S"),
                Map.entry("halo.registry.outbox.check-interval", "PT2S"),
                Map.entry("halo.registry.refusals.per-address", Integer.toString(REFUSALS)),
                Map.entry("halo.registry.refusals.window", "PT20S"),
                Map.entry("halo.registry.outbox.publish-timeout", "PT3S"),
                Map.entry("halo.kafka.bootstrap-servers", kafka.bootstrapServers()),
                Map.entry("halo.kafka.replication-factor", "1"),
                Map.entry("halo.kafka.min-insync-replicas", "1"),
                Map.entry(
                        "quarkus.oidc.public-key",
                        base64.encodeToString(operators.getPublic().getEncoded())));
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(this, new TestInjector.AnnotatedAndMatchesType(Inject.class, RegistrySuite.class));
    }

    @Override
    public void stop() {
        if (kafka != null) {
            kafka.close();
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    public void stopKafka() {
        kafka.stop();
    }

    /** Starts it again on its port, with what it had. */
    public void startKafka() {
        kafka.start();
    }

    /** The key that signs what operators and services come with. */
    public KeyPair operators() {
        return operators;
    }

    /** A token of a person or service with these roles; the same at each call, since signing takes long. */
    String token(String... roles) {
        return tokens.computeIfAbsent(Set.of(roles), groups -> Jwt.upn("alice@example.org")
                .issuer("https://issuer.example.org")
                .audience("halo-registry")
                .groups(groups)
                .expiresIn(LONGER_THAN_ALL_TESTS)
                .sign(operators.getPrivate()));
    }

    /** Signs the Links' tokens. */
    public PrivateKey linkTokenSigner() {
        return links.getPrivate();
    }

    /** Checks the Links' tokens. */
    public PublicKey linkTokenKey() {
        return links.getPublic();
    }

    /** A connection of the test's own. */
    public Connection database() throws SQLException {
        return postgres.connect(DATABASE);
    }
}
