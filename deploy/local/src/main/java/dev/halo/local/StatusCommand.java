package dev.halo.local;

import dev.halo.embedded.Ports;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code ./halo status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description =
                "What runs and whether it is ready. Exit code 0 if all is, 1 if not, 3 if the suite does not run.")
final class StatusCommand implements Callable<Integer> {

    private static final int NOT_RUNNING = 3;

    @ParentCommand
    private HaloCommand halo;

    @Override
    public Integer call() {
        StateDirectory state = StateDirectory.open(halo.state());
        Optional<ProcessHandle> running = Launcher.running(state);
        if (running.isEmpty()) {
            halo.print("The suite does not run. Start it with: ./halo up");
            return NOT_RUNNING;
        }
        if (!state.ready().toFile().exists()) {
            halo.print("The suite is starting (process " + running.get().pid() + ").");
            return 1;
        }
        Map<String, String> demo = DemoEnvironment.read(state.demoEnvironment());
        Map<String, String> urls = new LinkedHashMap<>();
        urls.put("gateway", demo.get("HALO_GATEWAY_URL"));
        urls.put("registry", demo.get("HALO_REGISTRY_URL"));
        urls.put("routing", demo.get("HALO_ROUTING_URL"));
        boolean allReady = true;
        for (Map.Entry<String, String> url : urls.entrySet()) {
            boolean ready = ServiceProcess.isReady(URI.create(url.getValue()));
            allReady &= ready;
            halo.print("%-10s %-9s %s".formatted(url.getKey(), ready ? "ready" : "not ready", url.getValue()));
        }
        boolean link = ProcessHandle.of(Long.parseLong(demo.get("HALO_LINK_PID")))
                .filter(ProcessHandle::isAlive)
                .isPresent();
        halo.print("%-10s %s".formatted("link", link ? "runs" : "has ended"));
        if (demo.containsKey("HALO_OIDC_ISSUER")) {
            URI issuer = URI.create(demo.get("HALO_OIDC_ISSUER"));
            boolean listens = !Ports.isFree(issuer.getPort());
            allReady &= listens;
            halo.print("%-10s %-9s %s".formatted("keycloak", listens ? "runs" : "is down", issuer));
        }
        String firebird = demo.get("HALO_FIREBIRD_URL_1");
        if (!firebird.isEmpty()) {
            int port = Integer.parseInt(firebird.replaceFirst(".*://[^:]*:([0-9]+)/.*", "$1"));
            boolean listens = !Ports.isFree(port);
            allReady &= listens;
            halo.print("%-10s %-9s %s".formatted("firebird", listens ? "runs" : "is down", firebird));
        }
        halo.print("Launcher: process " + running.get().pid() + ". Keys and ids: " + state.demoEnvironment());
        return allReady && link ? 0 : 1;
    }
}
