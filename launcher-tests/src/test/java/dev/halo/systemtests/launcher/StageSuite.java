package dev.halo.systemtests.launcher;

import dev.halo.local.ServiceName;
import dev.halo.local.Suite;
import dev.halo.local.SuitePorts;
import dev.halo.local.SuiteSettings;
import dev.halo.protocol.site.Environment;
import dev.halo.systemtests.suite.Demo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A suite that differs from the usual one in all that a suite can differ in: stage, databases with developer licences, a
 * Link whose machine's clock is an hour wrong, and a real Keycloak for its tokens. The classes that need one of these
 * share it.
 */
record StageSuite(Suite suite, Demo demo) implements AutoCloseable {

    static StageSuite start() {
        Path state = Path.of("target", "stage-suite");
        Suite suite =
                Suite.open(SuiteSettings.builder(Path.of("..").toAbsolutePath().normalize(), state)
                        .ports(SuitePorts.random())
                        .environment(Environment.STAGE)
                        .patients(50, 20)
                        .keycloak(true)
                        .clean(true)
                        .progress(line -> System.out.println("[stage suite] " + line))
                        .override(ServiceName.LINK, "halo.link.simulated-clock-offset", "PT1H")
                        .build());
        try {
            suite.start();
            return new StageSuite(suite, Demo.read(suite.state().root().resolve("demo.env")));
        } catch (RuntimeException e) {
            suite.close();
            throw e;
        }
    }

    /** What the Link has logged so far. */
    String linkLog() {
        try {
            return Files.readString(suite.service(ServiceName.LINK).log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        suite.close();
    }

    /** Hands it out, and stops it when the last test has run. */
    static final class Extension implements ParameterResolver {

        private static final Namespace NAMESPACE = Namespace.create(StageSuite.class);

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == StageSuite.class;
        }

        @Override
        public StageSuite resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(NAMESPACE)
                    .computeIfAbsent(StageSuite.class, key -> StageSuite.start(), StageSuite.class);
        }
    }
}
