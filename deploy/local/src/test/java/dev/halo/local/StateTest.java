package dev.halo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.embedded.Ports;
import dev.halo.local.DemoFacts.IntegratorFacts;
import dev.halo.local.DemoFacts.SiteFacts;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the suite keeps between runs, and what it refuses. */
class StateTest {

    @TempDir
    Path directory;

    @Test
    void keysAreMadeOnceAndForTheirOwnerOnly() throws Exception {
        // When
        SuiteKeys first = SuiteKeys.loadOrCreate(directory);
        SuiteKeys second = SuiteKeys.loadOrCreate(directory);
        // Then
        assertThat(second.operatorPublic()).isEqualTo(first.operatorPublic());
        assertThat(second.linkTokenPrivate()).isEqualTo(first.linkTokenPrivate());
        assertThat(second.atRest()).isEqualTo(first.atRest());
        for (String file : List.of("operator.private", "link-token.private", "at-rest.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(file))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void operatorTokensVerifyWithThePublicKey() throws Exception {
        // Given
        SuiteKeys keys = SuiteKeys.loadOrCreate(directory);
        var publicKey = KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(keys.operatorPublic())));
        // When
        String token = new OperatorTokens(keys.operatorPrivate()).issue("ann", "operator", Duration.ofHours(1));
        // Then
        var claims = new JwtConsumerBuilder()
                .setVerificationKey(publicKey)
                .setExpectedAudience(OperatorTokens.AUDIENCE)
                .setRequireExpirationTime()
                .build()
                .processToClaims(token);
        assertThat(claims.getStringListClaimValue("groups")).containsExactly("operator");
        assertThat(claims.getSubject()).isEqualTo("ann");
    }

    @Test
    void aStateFolderServesOneSuiteAtATime() {
        // Given
        StateDirectory state = StateDirectory.open(directory.resolve("state"));
        try (StateDirectory.Lock lock = state.lock()) {
            assertThat(lock.fileLock().isValid()).isTrue();
            // When, Then
            assertThatThrownBy(state::lock).isInstanceOf(SuiteException.class);
        }
        try (StateDirectory.Lock again = state.lock()) {
            assertThat(again.fileLock().isValid()).isTrue();
        }
    }

    @Test
    void cleaningKeepsOnlyTheLock() throws Exception {
        StateDirectory state = StateDirectory.open(directory.resolve("state"));
        try (StateDirectory.Lock lock = state.lock()) {
            Files.writeString(state.folder("kafka").resolve("data"), "x");
            state.clean();
            assertThat(lock.fileLock().isValid()).isTrue();
            assertThat(state.root().toFile().list()).containsExactly("launcher.lock");
        }
    }

    @Test
    void takenPortsAreNamedWithTheirOption() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SuitePorts free = SuitePorts.random();
            SuitePorts ports = new SuitePorts(
                    free.gateway(),
                    taken.getLocalPort(),
                    free.routing(),
                    free.link(),
                    free.kafka(),
                    free.postgres(),
                    Ports.free(),
                    Ports.free());
            assertThatThrownBy(() -> ports.requireFree(true, true))
                    .isInstanceOf(SuiteException.class)
                    .hasMessageContaining("port " + taken.getLocalPort())
                    .hasMessageContaining("--registry-port");
        }
    }

    @Test
    void theDemosEnvironmentHasEveryKey() throws Exception {
        // Given
        IntegratorFacts integrator = new IntegratorFacts("id", "prod_1", "prod_2");
        DemoFacts facts = new DemoFacts(
                URI.create("http://127.0.0.1:1"),
                URI.create("http://127.0.0.1:2"),
                URI.create("http://127.0.0.1:3"),
                List.of(new SiteFacts("ZM1", "site-1", "One"), new SiteFacts("ZM2", "site-2", "Two")),
                Map.of("A", integrator, "B", integrator, "C", integrator),
                "token",
                Optional.empty());
        DemoEnvironment environment = new DemoEnvironment(facts);
        for (ServiceName name : ServiceName.values()) {
            environment.pid(name, 42);
        }
        environment.firebird("jdbc:firebirdsql://127.0.0.1:3050//x.fdb", "SYSDBA", "secret");
        // When
        Path file = directory.resolve("demo.env");
        environment.write(file);
        // Then
        assertThat(DemoEnvironment.read(file).keySet())
                .containsExactly(
                        "HALO_GATEWAY_URL",
                        "HALO_REGISTRY_URL",
                        "HALO_ROUTING_URL",
                        "HALO_SUBSCRIPTION_KEY",
                        "HALO_SUBSCRIPTION_KEY_SECONDARY",
                        "HALO_SUBSCRIPTION_KEY_B",
                        "HALO_SUBSCRIPTION_KEY_C",
                        "HALO_DATABASE_ID",
                        "HALO_SITE_ID",
                        "HALO_DATABASE_ID_2",
                        "HALO_SITE_ID_2",
                        "HALO_OPERATOR_TOKEN",
                        "HALO_REGISTRY_PID",
                        "HALO_ROUTING_PID",
                        "HALO_GATEWAY_PID",
                        "HALO_LINK_PID",
                        "HALO_FIREBIRD_URL_1",
                        "HALO_FIREBIRD_USER",
                        "HALO_FIREBIRD_PASSWORD");
    }

    @Test
    void theDemosMemorySurvives() {
        Path file = directory.resolve("demo.properties");
        new DemoMemory(file).put("sites", "[{\"databaseId\":\"ZM 1\",\"practiceName\":\"a=b\\\\c\"}]");
        assertThat(new DemoMemory(file).get("sites"))
                .contains("[{\"databaseId\":\"ZM 1\",\"practiceName\":\"a=b\\\\c\"}]");
    }
}
