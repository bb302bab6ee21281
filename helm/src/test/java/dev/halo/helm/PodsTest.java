package dev.halo.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How pods run, start, stop and scale. */
class PodsTest {

    private static final int MARGIN = 15;

    private static List<String> examples() {
        return Chart.examples();
    }

    /** What the Pod Security Standard "restricted" asks for, and a root that cannot be written. */
    @ParameterizedTest
    @MethodSource("examples")
    void runsEveryPodRestricted(String example) {
        List<PodSpec> pods = Chart.render(example).podSpecs();

        assertThat(pods).hasSize(4).allSatisfy(pod -> {
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getHostNetwork()).isNull();
            assertThat(pod.getVolumes()).noneMatch(volume -> volume.getHostPath() != null);
            assertThat(pod.getContainers()).allSatisfy(container -> {
                var security = container.getSecurityContext();
                assertThat(security.getAllowPrivilegeEscalation()).isFalse();
                assertThat(security.getReadOnlyRootFilesystem()).isTrue();
                assertThat(security.getPrivileged()).isFalse();
                assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(security.getCapabilities().getAdd()).isEmpty();
            });
        });
    }

    @ParameterizedTest
    @MethodSource("examples")
    void givesEveryContainerItsResourcesAndMemoryALimit(String example) {
        assertThat(Chart.render(example).podSpecs())
                .allSatisfy(pod -> assertThat(pod.getContainers()).allSatisfy(container -> {
                    assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
                    assertThat(container.getResources().getLimits()).containsKey("memory");
                }));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void hasAServiceAccountWithoutTokenForEachService(String example) {
        Rendered release = Chart.render(example);

        assertThat(release.all(ServiceAccount.class)).hasSize(3).allSatisfy(account -> assertThat(
                        account.getAutomountServiceAccountToken())
                .isFalse());
        release.pods().forEach((component, pod) -> assertThat(pod.getSpec().getServiceAccountName())
                .isEqualTo("halo-" + component));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "routing", "registry"})
    void probesStartReadinessAndLivenessApart(String component) {
        Container container = Chart.render("production.yaml").container(component);

        assertThat(path(container.getStartupProbe())).isEqualTo("/q/health/started");
        assertThat(path(container.getLivenessProbe())).isEqualTo("/q/health/live");
        assertThat(path(container.getReadinessProbe())).isEqualTo("/q/health/ready");
        assertThat(container.getPorts()).extracting(port -> port.getName()).containsExactly("http");
    }

    private static String path(Probe probe) {
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
        return probe.getHttpGet().getPath();
    }

    @ParameterizedTest
    @CsvSource({"gateway,HALO_GATEWAY_SLOT", "routing,HALO_ROUTING_SLOT"})
    void makesThePodsNumberItsSlot(String component, String variable) {
        Rendered release = Chart.render("production.yaml");

        EnvVar slot = release.container(component).getEnv().stream()
                .filter(one -> one.getName().equals(variable))
                .findFirst()
                .orElseThrow();

        assertThat(slot.getValueFrom().getFieldRef().getFieldPath())
                .isEqualTo("metadata.labels['apps.kubernetes.io/pod-index']");
        StatefulSet set = release.one(StatefulSet.class, "halo-" + component);
        assertThat(set.getSpec().getOrdinals()).isNull();
        assertThat(set.getSpec().getPodManagementPolicy()).isEqualTo("Parallel");
        assertThat(set.getSpec().getServiceName()).isEqualTo("halo-" + component + "-pods");
        // With more than one pod away at a time two bridges would drain together.
        assertThat(set.getSpec().getUpdateStrategy().getRollingUpdate()).isNull();
    }

    @Test
    void runsTheRegistryAsADeploymentThatIsNeverFewerThanWanted() {
        var spec = Chart.render("production.yaml")
                .one(Deployment.class, "halo-registry")
                .getSpec();

        assertThat(spec.getStrategy().getRollingUpdate().getMaxUnavailable().getIntVal())
                .isZero();
        assertThat(spec.getTemplate().getSpec().getContainers().get(0).getEnv())
                .noneMatch(one -> one.getName().endsWith("_SLOT"));
    }

    /** A pod that is killed before its drain has ended cuts off queries and sends all its Links away at once. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        production.yaml | {}
        one-node.yaml   | {}
        production.yaml | gateway: {drain: {delaySeconds: 60, timeoutSeconds: 600}}
        production.yaml | routing: {drain: {preStopSeconds: 30, spreadSeconds: 300, graceSeconds: 20, unfinishedSeconds: 120}}
        production.yaml | registry: {drain: {preStopSeconds: 30, timeoutSeconds: 90}}
        """)
    void givesEachPodMoreTimeThanItsDrainTakes(String example, String change) {
        Rendered release = Chart.render(example, change);

        var gateway = release.properties("gateway");
        assertThat(grace(release, "gateway"))
                .isEqualTo(seconds(gateway.get("quarkus.shutdown.delay"))
                        + seconds(gateway.get("quarkus.shutdown.timeout"))
                        + MARGIN);
        // The bridge waits for spread, unfinished and twice the grace at the most (ShutdownDrain).
        var routing = release.properties("routing");
        assertThat(grace(release, "routing"))
                .isEqualTo(preStop(release, "routing")
                        + seconds(routing.get("halo.routing.drain.spread"))
                        + seconds(routing.get("halo.routing.drain.unfinished"))
                        + 2 * seconds(routing.get("halo.routing.drain.grace"))
                        + MARGIN);
        assertThat(grace(release, "registry"))
                .isEqualTo(preStop(release, "registry")
                        + seconds(release.properties("registry").get("quarkus.shutdown.timeout"))
                        + MARGIN);
    }

    private static long grace(Rendered release, String component) {
        return release.pod(component).getTerminationGracePeriodSeconds();
    }

    private static long preStop(Rendered release, String component) {
        return release.container(component)
                .getLifecycle()
                .getPreStop()
                .getSleep()
                .getSeconds();
    }

    private static long seconds(String duration) {
        return Duration.parse("PT" + duration).toSeconds();
    }

    @Test
    void letsOnePodOfEachServiceGoAtATime() {
        List<PodDisruptionBudget> budgets = Chart.render("production.yaml").all(PodDisruptionBudget.class);

        assertThat(budgets).hasSize(3).allSatisfy(budget -> assertThat(
                        budget.getSpec().getMaxUnavailable().getIntVal())
                .isEqualTo(1));
    }

    @Test
    void scalesTheGatewayWithinItsSlotsAndDownSlowly() {
        Rendered release = Chart.render("production.yaml");

        var scaler = release.one(HorizontalPodAutoscaler.class, "halo-gateway").getSpec();

        assertThat(scaler.getScaleTargetRef().getKind()).isEqualTo("StatefulSet");
        assertThat(scaler.getMaxReplicas()).isEqualTo(12);
        assertThat(scaler.getBehavior().getScaleDown().getStabilizationWindowSeconds())
                .isGreaterThanOrEqualTo(600);
        // Else each upgrade would set the number back.
        assertThat(release.one(StatefulSet.class, "halo-gateway").getSpec().getReplicas())
                .isNull();
        assertThat(release.one(StatefulSet.class, "halo-routing").getSpec().getReplicas())
                .isEqualTo(3);
        assertThat(release.all(HorizontalPodAutoscaler.class)).hasSize(1);
    }

    @Test
    void scalesByKedaInTheSameWay() {
        Rendered release = Chart.render("production.yaml", """
            gateway:
              autoscaling:
                mode: keda
                triggers: [{type: prometheus, metadata: {query: up}}]
            """);

        JsonNode scaled = release.ofKind("ScaledObject").get(0).path("spec");

        assertThat(release.all(HorizontalPodAutoscaler.class)).isEmpty();
        assertThat(scaled.at("/scaleTargetRef/name").asText()).isEqualTo("halo-gateway");
        assertThat(scaled.path("triggers")).hasSize(2);
        assertThat(scaled.at("/advanced/horizontalPodAutoscalerConfig/behavior/scaleDown/stabilizationWindowSeconds")
                        .asInt())
                .isGreaterThanOrEqualTo(600);
    }

    @Test
    void startsPodsAnewWhenTheirConfigurationChangesAndOnlyThose() {
        Rendered before = Chart.render("production.yaml");
        Rendered after = Chart.render("production.yaml", "routing: {drain: {spreadSeconds: 90}}");

        assertThat(checksum(after, "routing")).isNotEqualTo(checksum(before, "routing"));
        assertThat(checksum(after, "gateway")).isEqualTo(checksum(before, "gateway"));
    }

    private static String checksum(Rendered release, String component) {
        return release.pods().get(component).getMetadata().getAnnotations().get("checksum/config");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void mountsOnlyWhatItDeclares(String example) {
        Chart.render(example).pods().values().forEach(pod -> {
            List<String> volumes = pod.getSpec().getVolumes().stream()
                    .map(volume -> volume.getName())
                    .toList();
            List<VolumeMount> mounts = pod.getSpec().getContainers().get(0).getVolumeMounts();
            assertThat(mounts).extracting(VolumeMount::getName).containsExactlyInAnyOrderElementsOf(volumes);
            // /tmp is the only place where a pod can write.
            assertThat(mounts)
                    .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                    .extracting(VolumeMount::getMountPath)
                    .containsExactly("/tmp");
        });
    }
}
