package dev.halo.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.gateway.config.GatewayConfig;
import dev.halo.messaging.KafkaSettings;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.routing.config.RoutingConfig;
import io.smallrye.config.SmallRyeConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart tells the services is what their configuration takes. */
class ConfigurationTest {

    private static List<String> examples() {
        return Chart.examples();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void bindsToTheServicesConfiguration(String example) {
        Rendered release = Chart.render(example);

        assertThat(ServiceConfiguration.GATEWAY
                        .load(release)
                        .getConfigMapping(GatewayConfig.class)
                        .slot())
                .isEqualTo(ServiceConfiguration.SLOT);
        assertThat(ServiceConfiguration.ROUTING
                        .load(release)
                        .getConfigMapping(RoutingConfig.class)
                        .slot())
                .isEqualTo(ServiceConfiguration.SLOT);
        assertThat(ServiceConfiguration.REGISTRY
                        .load(release)
                        .getConfigMapping(RegistryConfig.class)
                        .linkTokenPrivateKey())
                .isEqualTo("HALO_REGISTRY_LINK_TOKEN_PRIVATE_KEY");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void setsOnlyPropertiesOfQuarkusThatExistAndCountAtRunTime(String example) {
        Rendered release = Chart.render(example);

        release.pods().keySet().forEach(component -> assertThat(
                        release.properties(component).keySet())
                .filteredOn(name -> name.startsWith("quarkus."))
                .allSatisfy(name ->
                        assertThat(QuarkusProperties.phase(name)).as(name).isEqualTo("RUN_TIME")));
    }

    @Test
    void givesTheGatewayWhatItsSecretsAndOthersSay() {
        SmallRyeConfig config = ServiceConfiguration.GATEWAY.load(Chart.render("production.yaml"));
        GatewayConfig gateway = config.getConfigMapping(GatewayConfig.class);

        assertThat(gateway.environment().wire()).isEqualTo("production");
        assertThat(gateway.database().password()).contains("HALO_GATEWAY_DATABASE_PASSWORD");
        assertThat(gateway.registry().clientSecret()).contains("HALO_GATEWAY_REGISTRY_CLIENT_SECRET");
        assertThat(gateway.registry().url()).isEqualTo("http://halo-registry:8081");
        assertThat(gateway.registry().tokenUrl())
                .contains("https://id.example.com/realms/halo/protocol/openid-connect/token");
        assertThat(gateway.trustedProxies()).contains(List.of("10.42.0.0/16"));
        assertThat(config.getValue("halo.gateway.webhooks.at-rest-key", String.class))
                .isEqualTo("HALO_GATEWAY_WEBHOOKS_AT_REST_KEY");
        assertThat(config.getValue("quarkus.datasource.password", String.class))
                .isEqualTo("HALO_GATEWAY_DATABASE_PASSWORD");
        // Two deployments on one cluster must not be one consumer group.
        assertThat(config.getValue("halo.gateway.lifecycle.group", String.class))
                .isEqualTo("prod-halo-gateway");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GATEWAY", "ROUTING", "REGISTRY"})
    void givesEveryKafkaClientItsUser(String service) {
        ServiceConfiguration of = ServiceConfiguration.valueOf(service);
        KafkaSettings production = of.kafka(of.load(Chart.render("production.yaml")));
        KafkaSettings stage = of.kafka(of.load(Chart.render("stage.yaml")));

        assertThat(production.topicPrefix()).isEqualTo("prod-");
        assertThat(production.client())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                .containsEntry("sasl.jaas.config", "KAFKA_USER_JAAS")
                .containsEntry("ssl.truststore.location", "/etc/halo/kafka-ca/ca.crt");
        assertThat(stage.client())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("ssl.keystore.location", "/etc/halo/kafka-user/user.p12")
                .containsEntry("ssl.keystore.password", "KAFKA_USER_KEYSTORE_PASSWORD");
    }

    @Test
    void handsTiersAndPropertiesOn() {
        SmallRyeConfig config = ServiceConfiguration.GATEWAY.load(Chart.render("production.yaml", """
            gateway:
              properties:
                halo.gateway.immediate.max-pending: 2000
                quarkus.log.level: DEBUG
              tiers: {huge: {daily-queries: 10000000}}
            """));

        assertThat(config.getConfigMapping(GatewayConfig.class).immediate().maxPending())
                .isEqualTo(2000);
        assertThat(config.getValue("halo.gateway.limits.tiers.\"huge\".daily-queries", Long.class))
                .isEqualTo(10_000_000);
        assertThat(config.getValue("halo.gateway.limits.tiers.\"large\".burst", Integer.class))
                .isEqualTo(1000);
    }

    /** This is what makes the tests above worth something. */
    @Test
    void wouldNoticeAMisspeltOrUnboundedProperty() {
        Rendered misspelt =
                Chart.render("one-node.yaml", "gateway: {properties: {halo.gateway.immediate.max-pendin: 1}}");
        Rendered unbounded =
                Chart.render("one-node.yaml", "routing: {properties: {halo.routing.session.max-credit: 0}}");

        assertThatThrownBy(() -> ServiceConfiguration.GATEWAY.load(misspelt)).hasMessageContaining("max-pendin");
        assertThatThrownBy(() -> ServiceConfiguration.ROUTING.load(unbounded)).hasMessageContaining("max-credit");
        assertThat(QuarkusProperties.phase("quarkus.shutdown.dely")).isEqualTo("unknown");
        assertThat(QuarkusProperties.phase("quarkus.datasource.db-kind")).isNotEqualTo("RUN_TIME");
    }
}
