package dev.halo.local;

import picocli.CommandLine.Option;

/** The ports of {@code up}, each as an option or an environment variable. */
final class PortOptions {

    @Option(
            names = "--gateway-port",
            paramLabel = "PORT",
            defaultValue = "${env:HALO_GATEWAY_PORT:-8080}",
            description = "Integrators' API (HALO_GATEWAY_PORT); ${DEFAULT-VALUE}.")
    private int gateway;

    @Option(
            names = "--registry-port",
            paramLabel = "PORT",
            defaultValue = "${env:HALO_REGISTRY_PORT:-8081}",
            description = "Admin API (HALO_REGISTRY_PORT); ${DEFAULT-VALUE}.")
    private int registry;

    @Option(
            names = "--routing-port",
            paramLabel = "PORT",
            defaultValue = "${env:HALO_ROUTING_PORT:-8082}",
            description = "Links' sessions (HALO_ROUTING_PORT); ${DEFAULT-VALUE}.")
    private int routing;

    @Option(
            names = "--link-port",
            paramLabel = "PORT",
            defaultValue = "${env:HALO_LINK_PORT:-8083}",
            description = "The Link's health (HALO_LINK_PORT); ${DEFAULT-VALUE}.")
    private int link;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "${env:HALO_KAFKA_PORT:-19092}",
            description = "Kafka (HALO_KAFKA_PORT); ${DEFAULT-VALUE}.")
    private int kafka;

    @Option(
            names = "--postgres-port",
            paramLabel = "PORT",
            defaultValue = "${env:HALO_POSTGRES_PORT:-15432}",
            description = "PostgreSQL (HALO_POSTGRES_PORT); ${DEFAULT-VALUE}.")
    private int postgres;

    @Option(
            names = "--firebird-port",
            paramLabel = "PORT",
            defaultValue = "${env:HALO_FIREBIRD_PORT:-13050}",
            description = "The demo practices' Firebird (HALO_FIREBIRD_PORT); ${DEFAULT-VALUE}.")
    private int firebird;

    @Option(
            names = "--keycloak-port",
            paramLabel = "PORT",
            defaultValue = "${env:HALO_KEYCLOAK_PORT:-8180}",
            description = "Keycloak, with --keycloak (HALO_KEYCLOAK_PORT); ${DEFAULT-VALUE}.")
    private int keycloak;

    SuitePorts ports() {
        return new SuitePorts(gateway, registry, routing, link, kafka, postgres, firebird, keycloak);
    }
}
