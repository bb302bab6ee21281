package dev.halo.link.start;

import dev.halo.link.enablement.AccessException;
import dev.halo.link.firebird.Login;
import dev.halo.link.site.ServedSite;
import dev.halo.link.site.SiteDirectory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A Link in a process of its own, that a test may kill. */
public final class LinkProcess implements AutoCloseable {

    private static final String INTEGRATOR = "test.integrator";
    private static final String PASSWORD = "test.sysdba-password";

    private final Process process;

    private LinkProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param directory where its output goes
     * @param heap such as {@code 96m}
     * @param integrator whom it enables at every site that it finds, once
     */
    public static LinkProcess start(
            Path directory, String heap, Map<String, String> config, UUID integrator, String sysdbaPassword)
            throws IOException {
        Properties properties = new Properties();
        properties.putAll(config);
        properties.setProperty(INTEGRATOR, integrator.toString());
        properties.setProperty(PASSWORD, sysdbaPassword);
        Path file = directory.resolve("link.properties");
        try (OutputStream out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                System.getProperty("java.class.path"),
                LinkProcess.class.getName(),
                file.toString()));
        Path output = directory.resolve("link-" + System.nanoTime() + ".log");
        return new LinkProcess(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start());
    }

    /** Runs until it is killed. */
    public static void main(String... args) throws Exception {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
            properties.load(in);
        }
        UUID integrator = UUID.fromString((String) properties.remove(INTEGRATOR));
        Login administrator = Login.of("SYSDBA", (String) properties.remove(PASSWORD));
        Map<String, String> values = new HashMap<>();
        properties.forEach((key, value) -> values.put((String) key, (String) value));
        TestConfig config = new TestConfig(values);
        Link link = new Link(
                config.link(), config.firebird(), new SimpleMeterRegistry(), OpenTelemetry.noop(), Vertx.vertx());
        link.sites().addListener(new SiteDirectory.Listener() {
            @Override
            public void sitesChanged() {
                link.sites().served().forEach(site -> enable(link, site, administrator, integrator));
            }

            @Override
            public void siteClosed(UUID siteId) {
                // Nothing of it is kept here.
            }
        });
        link.start();
        new CountDownLatch(1).await();
    }

    private static void enable(Link link, ServedSite site, Login administrator, UUID integrator) {
        if (link.enablement().login(site.siteId(), integrator).isPresent()) {
            return;
        }
        try {
            link.enablement().enable(administrator, site, integrator, "A");
        } catch (AccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@code kill -9}. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(30, TimeUnit.SECONDS);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
