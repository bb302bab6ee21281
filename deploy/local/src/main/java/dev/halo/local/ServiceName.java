package dev.halo.local;

import java.nio.file.Path;
import java.util.Locale;

/** The four processes of the suite. */
public enum ServiceName {
    /** The registry of Links, sites and integrators. */
    REGISTRY("registry-service", 256),
    /** The bridge to the Links. */
    ROUTING("routing-service", 192),
    /** The integrators' API. */
    GATEWAY("gateway-service", 256),
    /** The Link at the demo practices' server. */
    LINK("query-worker", 192);

    private final String module;
    private final int heapMegabytes;

    ServiceName(String module, int heapMegabytes) {
        this.module = module;
        this.heapMegabytes = heapMegabytes;
    }

    /** Folder of its module in the repository. */
    public String module() {
        return module;
    }

    /** Largest heap that it gets here. */
    public int heapMegabytes() {
        return heapMegabytes;
    }

    /** Its packaged application below the repository. */
    public Path jar(Path repository) {
        return repository.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
    }

    /** Name for files and messages. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
