package dev.halo.gateway.fake;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.test.key.RsaKeys;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** A real Kafka, a real PostgreSQL and a pretended registry for the one gateway that all tests of this module share. */
public final class GatewayResources implements QuarkusTestResourceLifecycleManager {

    static final String PRIVATE_KEY = "halo.test.link-token-private-key";
    static final String REGISTRY_TOKEN = "service-token-of-the-tests";

    /** Opens the webhooks' secrets. */
    public static final String AT_REST_KEY = base64(new byte[32]);

    /** Signs operators' tokens that the gateway believes: the property with the key, base64 of PKCS#8. */
    public static final String OPERATORS_KEY = "halo.test.operators-private-key";

    /** Of integrators' tokens; signed with {@link #OPERATORS_KEY} too. */
    public static final String ISSUER = "https://login.example.org/realms/halo";

    /** Of the gateway under test. */
    public static final String DATABASE = "halo_gateway";

    private FakeRegistry registry;

    @Override
    public Map<String, String> start() {
        EmbeddedKafka kafka = EmbeddedKafka.shared();
        EmbeddedPostgres postgres = EmbeddedPostgres.shared();
        postgres.createDatabase(DATABASE);
        registry = new FakeRegistry();
        KeyPair keys = keys();
        Map<String, String> config = new HashMap<>();
        config.put("halo.kafka.bootstrap-servers", kafka.bootstrapServers());
        config.put("halo.kafka.replication-factor", "1");
        config.put("halo.kafka.min-insync-replicas", "1");
        config.put("halo.gateway.environment", "stage");
        config.put("halo.gateway.slot", "3");
        config.put("halo.gateway.trusted-proxies", "127.0.0.0/8");
        config.put("halo.gateway.authentication.failures-per-minute", "1000");
        config.put("halo.gateway.link-token-public-key", base64(keys.getPublic().getEncoded()));
        config.put(PRIVATE_KEY, base64(keys.getPrivate().getEncoded()));
        config.put("halo.gateway.database.host", postgres.host());
        config.put("halo.gateway.database.port", Integer.toString(postgres.port()));
        config.put("halo.gateway.database.name", DATABASE);
        config.put("halo.gateway.database.username", postgres.user());
        config.put("halo.gateway.database.password", postgres.password());
        config.put("halo.gateway.registry.url", "http://127.0.0.1:" + registry.port());
        config.put("halo.gateway.registry.token", REGISTRY_TOKEN);
        config.put("halo.gateway.registry.timeout", "1s");
        config.put("halo.gateway.immediate.parking", "1500ms");
        config.put("halo.gateway.immediate.lost-session-grace", "1500ms");
        config.put("halo.gateway.immediate.execution-limit", "3s");
        config.put("halo.gateway.immediate.transport-margin", "1s");
        config.put("halo.gateway.immediate.max-pending-per-site", "80");
        registered(config);
        webhooks(config);
        limits(config);
        config.put("halo.gateway.lifecycle.retry-after", "200ms");
        config.put("halo.gateway.async.max-at-link", "5");
        config.put("halo.gateway.async.max-unfinished", "20");
        config.put("halo.gateway.async.max-waiting", "10");
        config.put("halo.gateway.async.execution-limit", "2s");
        config.put("halo.gateway.async.wait-interval", "100ms");
        config.put("halo.gateway.async.sweep.interval", "400ms");
        config.put("halo.gateway.async.sweep.reconciliation", "100ms");
        config.put("halo.gateway.async.sweep.unacknowledged", "5s");
        config.put("halo.gateway.async.sweep.released", "300ms");
        config.put("halo.gateway.async.sweep.expiry", "6s");
        config.put("halo.gateway.async.sweep.lost", "2s");
        config.put("halo.gateway.async.sweep.batch", "3");
        return config;
    }

    private static void registered(Map<String, String> config) {
        config.put("halo.gateway.registered.sweep-interval", "300ms");
        config.put("halo.gateway.registered.resend-after", "1500ms");
        config.put("halo.gateway.registered.end-grace", "500ms");
        config.put("halo.gateway.registered.max-enabled", "5");
        config.put("halo.gateway.registered.max-kept", "8");
        config.put("halo.gateway.idempotency.look-interval", "100ms");
    }

    /** Limits that only integrators of the tiers of tests meet. */
    private static void limits(Map<String, String> config) {
        config.put("halo.gateway.limits.on-stage", "true");
        tier(config, "default-tier", 1_000_000, 0, 0);
        tier(config, "tiers.slow", 3, 0, 0);
        tier(config, "tiers.few", 1_000_000, 4, 0);
        tier(config, "tiers.narrow", 1_000_000, 0, 20);
        config.put("halo.gateway.limits.ledger.interval", "200ms");
    }

    private static void tier(Map<String, String> config, String tier, int burst, int queries, int bytes) {
        String prefix = "halo.gateway.limits." + tier;
        int rate = burst > 1_000 ? burst : 1;
        config.put(prefix + ".requests-per-second", Integer.toString(rate));
        config.put(prefix + ".burst", Integer.toString(burst));
        config.put(prefix + ".practice-requests-per-second", Integer.toString(rate));
        config.put(prefix + ".practice-burst", Integer.toString(burst));
        config.put(prefix + ".daily-queries", Integer.toString(queries));
        config.put(prefix + ".daily-bytes", Integer.toString(bytes));
    }

    private static void webhooks(Map<String, String> config) {
        KeyPair operators = RsaKeys.issuer();
        config.put("halo.gateway.webhooks.at-rest-key", AT_REST_KEY);
        config.put("halo.gateway.webhooks.allow-private-targets", "true");
        config.put("halo.gateway.webhooks.first-pause", "50ms");
        config.put("halo.gateway.webhooks.max-attempts", "4");
        config.put("halo.gateway.webhooks.attempt-timeout", "1500ms");
        config.put("halo.gateway.webhooks.lease", "8s");
        config.put("halo.gateway.webhooks.poll-interval", "100ms");
        config.put("halo.gateway.admin.enabled", "true");
        config.put("halo.gateway.bearer.issuer", ISSUER);
        config.put(
                "halo.gateway.bearer.public-key", base64(operators.getPublic().getEncoded()));
        config.put("quarkus.oidc.public-key", base64(operators.getPublic().getEncoded()));
        config.put(OPERATORS_KEY, base64(operators.getPrivate().getEncoded()));
    }

    @Override
    public void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException | java.security.InvalidAlgorithmParameterException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
