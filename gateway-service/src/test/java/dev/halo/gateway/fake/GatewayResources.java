package dev.halo.gateway.fake;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.embedded.EmbeddedPostgres;
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

    static final String DATABASE = "halo_gateway";

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
