package dev.halo.local;

import dev.halo.embedded.Ports;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * TCP ports of the suite, all on the loopback address.
 *
 * @param gateway integrators' API
 * @param registry admin API and Links' enrolment
 * @param routing Links' sessions
 * @param link the Link's own health
 * @param kafka broker
 * @param postgres database
 * @param firebird the demo practices' server
 * @param keycloak the issuer of tokens
 */
public record SuitePorts(
        int gateway, int registry, int routing, int link, int kafka, int postgres, int firebird, int keycloak) {

    /** The ones that {@code ./halo up} takes unless told otherwise. */
    public static final SuitePorts DEFAULT = new SuitePorts(8080, 8081, 8082, 8083, 19092, 15432, 13050, 8180);

    /** Checks the range. */
    public SuitePorts {
        for (int port : new int[] {gateway, registry, routing, link, kafka, postgres, firebird, keycloak}) {
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("Not a TCP port: " + port);
            }
        }
    }

    /** Free ones, so that several suites can run side by side. */
    public static SuitePorts random() {
        return new SuitePorts(
                Ports.free(),
                Ports.free(),
                Ports.free(),
                Ports.free(),
                Ports.free(),
                Ports.free(),
                Ports.free(),
                Ports.free());
    }

    /** The HTTP port of a service. */
    public int of(ServiceName service) {
        return switch (service) {
            case GATEWAY -> gateway;
            case REGISTRY -> registry;
            case ROUTING -> routing;
            case LINK -> link;
        };
    }

    /**
     * Fails if somebody listens on one of the ports already.
     *
     * @param withFirebird whether this suite runs a Firebird of its own
     * @param withKeycloak whether it runs a Keycloak
     * @throws SuiteException naming each taken port and the option that changes it
     */
    void requireFree(boolean withFirebird, boolean withKeycloak) {
        Map<String, Integer> all = new LinkedHashMap<>();
        all.put("gateway", gateway);
        all.put("registry", registry);
        all.put("routing", routing);
        all.put("link", link);
        all.put("kafka", kafka);
        all.put("postgres", postgres);
        if (withFirebird) {
            all.put("firebird", firebird);
        }
        if (withKeycloak) {
            all.put("keycloak", keycloak);
        }
        StringBuilder taken = new StringBuilder();
        all.forEach((name, port) -> {
            if (!Ports.isFree(port)) {
                taken.append("\n  port ").append(port).append(" (").append(name).append("): choose another with --");
                taken.append(name).append("-port");
            }
        });
        if (!taken.isEmpty()) {
            throw new SuiteException("Another program listens on a port that the suite needs:" + taken);
        }
    }
}
