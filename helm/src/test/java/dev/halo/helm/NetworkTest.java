package dev.halo.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.link.LinkApi;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reaches whom: hosts, paths and policies. */
class NetworkTest {

    private static final String INGRESS = "ns kubernetes.io/metadata.name=ingress-nginx";
    private static final String MONITORING = "ns kubernetes.io/metadata.name=monitoring";
    private static final String KAFKA = "ns kubernetes.io/metadata.name=kafka";
    private static final String POSTGRESQL = "ns kubernetes.io/metadata.name=databases";
    private static final String DNS = "ns kubernetes.io/metadata.name=kube-system";
    private static final String ISSUER = "ip 198.51.100.20/32";
    private static final String WORLD = "ip 0.0.0.0/0";

    private final Rendered production = Chart.render("production.yaml");

    @Test
    void namesExactlyWhoTalksToWhom() {
        assertThat(callers("gateway")).containsExactlyInAnyOrder(INGRESS, MONITORING, "tests");
        assertThat(callers("routing")).containsExactlyInAnyOrder(INGRESS, MONITORING, "tests");
        assertThat(callers("registry")).containsExactlyInAnyOrder(INGRESS, MONITORING, "gateway", "tests");
        assertThat(called("gateway"))
                .containsExactlyInAnyOrder(
                        DNS + " 53/53",
                        KAFKA + " 9093",
                        POSTGRESQL + " 5432",
                        ISSUER + " 443",
                        "registry 8081",
                        WORLD + " 443");
        assertThat(called("routing")).containsExactlyInAnyOrder(DNS + " 53/53", KAFKA + " 9093");
        assertThat(called("registry"))
                .containsExactlyInAnyOrder(DNS + " 53/53", KAFKA + " 9093", POSTGRESQL + " 5432", ISSUER + " 443");
        assertThat(callers("tests")).isEmpty();
        assertThat(called("tests"))
                .containsExactlyInAnyOrder(DNS + " 53/53", "gateway 8080", "routing 8082", "registry 8081");
    }

    @Test
    void coversEveryPodInBothDirectionsAndLeavesNothingOpen() {
        List<NetworkPolicy> policies = production.all(NetworkPolicy.class);

        assertThat(policies).hasSize(4).allSatisfy(policy -> {
            assertThat(policy.getSpec().getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
            assertThat(policy.getSpec().getIngress()).allSatisfy(rule -> {
                assertThat(rule.getFrom()).isNotEmpty();
                assertThat(rule.getPorts()).isNotEmpty();
            });
            assertThat(policy.getSpec().getEgress()).allSatisfy(rule -> {
                assertThat(rule.getTo()).isNotEmpty();
                assertThat(rule.getPorts()).isNotEmpty();
            });
        });
    }

    @Test
    void keepsWebhooksOutOfPrivateNetworks() {
        assertThat(policy("gateway").getSpec().getEgress().stream()
                        .flatMap(rule -> rule.getTo().stream())
                        .map(NetworkPolicyPeer::getIpBlock)
                        .filter(block -> block != null && block.getCidr().equals("0.0.0.0/0")))
                .singleElement()
                .satisfies(block -> assertThat(block.getExcept())
                        .contains("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"));
    }

    private NetworkPolicy policy(String component) {
        return production.one(NetworkPolicy.class, "halo-" + component);
    }

    private Stream<String> callers(String component) {
        return policy(component).getSpec().getIngress().stream()
                .flatMap(rule -> rule.getFrom().stream())
                .map(NetworkTest::name);
    }

    private Stream<String> called(String component) {
        return policy(component).getSpec().getEgress().stream().map(rule -> {
            assertThat(rule.getTo()).hasSize(1);
            return name(rule.getTo().get(0)) + " "
                    + String.join(
                            "/", rule.getPorts().stream().map(NetworkTest::port).toList());
        });
    }

    private static String port(NetworkPolicyPort port) {
        return String.valueOf(port.getPort().getIntVal());
    }

    private static String name(NetworkPolicyPeer peer) {
        if (peer.getIpBlock() != null) {
            return "ip " + peer.getIpBlock().getCidr();
        }
        if (peer.getNamespaceSelector() != null) {
            return "ns "
                    + peer.getNamespaceSelector().getMatchLabels().toString().replaceAll("[{}]", "");
        }
        Map<String, String> labels = peer.getPodSelector().getMatchLabels();
        assertThat(labels).containsEntry("app.kubernetes.io/instance", Chart.RELEASE);
        return labels.get("app.kubernetes.io/component");
    }

    @Test
    void givesEachAudienceAHostOfItsOwnWithItsPathsAlone() {
        assertThat(paths("integrators", "api.halo.example.com")).isEqualTo(Map.of("/integrator", "gateway"));
        assertThat(paths("links", "links.halo.example.com"))
                .isEqualTo(Map.of(
                        LinkApi.SESSION, "routing",
                        LinkApi.QUERIES, "gateway",
                        LinkApi.REGISTERED, "gateway",
                        LinkApi.ENROL, "registry",
                        LinkApi.TOKEN, "registry",
                        LinkApi.SITES, "registry",
                        LinkApi.REGISTRATION, "registry"));
        assertThat(paths("operators", "admin.halo.example.com"))
                .isEqualTo(Map.of(
                        "/admin", "registry",
                        "/admin/v1/queries", "gateway",
                        "/admin/v1/query-audit", "gateway",
                        "/admin/v1/webhooks", "gateway"));
    }

    private Map<String, String> paths(String audience, String host) {
        Ingress ingress = production.one(Ingress.class, "halo-" + audience);
        assertThat(ingress.getSpec().getTls().get(0).getHosts()).containsExactly(host);
        assertThat(ingress.getMetadata().getAnnotations())
                .containsEntry("nginx.ingress.kubernetes.io/proxy-read-timeout", "150");
        Map<String, String> paths = new LinkedHashMap<>();
        ingress.getSpec().getRules().forEach(rule -> {
            assertThat(rule.getHost()).isEqualTo(host);
            rule.getHttp().getPaths().forEach(path -> {
                assertThat(path.getPathType()).isEqualTo("Prefix");
                Service service = production.one(
                        Service.class, path.getBackend().getService().getName());
                paths.put(path.getPath(), Rendered.component(service));
            });
        });
        return paths;
    }

    @ParameterizedTest
    @ValueSource(strings = {"integrators", "links", "operators"})
    void routesByTheGatewayApiAsByIngress(String audience) {
        Map<String, String> ingress = paths(
                audience,
                production
                        .one(Ingress.class, "halo-" + audience)
                        .getSpec()
                        .getRules()
                        .get(0)
                        .getHost());

        HTTPRoute route = Chart.render("stage.yaml").one(HTTPRoute.class, "halo-" + audience);

        Map<String, String> routed = new LinkedHashMap<>();
        route.getSpec().getRules().forEach(rule -> {
            String path = rule.getMatches().get(0).getPath().getValue();
            routed.put(path, rule.getBackendRefs().get(0).getName().replace("halo-", ""));
            // A session may last for ever, an immediate takes 125 s at the most.
            assertThat(rule.getTimeouts().getRequest()).isEqualTo(path.equals(LinkApi.SESSION) ? "0s" : "150s");
        });
        assertThat(routed).isEqualTo(ingress);
    }

    @Test
    void selectsExactlyItsPodsWithEachService() {
        production.all(Service.class).forEach(service -> {
            String component = Rendered.component(service);
            assertThat(production.pods().get(component).getMetadata().getLabels())
                    .containsAllEntriesOf(service.getSpec().getSelector());
            assertThat(service.getSpec().getType()).isNotEqualTo("LoadBalancer");
            production.pods().forEach((other, pod) -> {
                if (!other.equals(component)) {
                    assertThat(pod.getMetadata().getLabels())
                            .doesNotContainEntry("app.kubernetes.io/component", component);
                }
            });
        });
    }
}
