package dev.halo.systemtests.suite;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands out the one suite of this JVM, and stops it when the last test has run. */
final class SuiteExtension implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(SuiteExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SuiteUnderTest.class;
    }

    @Override
    public SuiteUnderTest resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Attempt.class, key -> Attempt.make(), Attempt.class)
                .suite();
    }

    /** The one attempt to start the suite: where it fails, all tests fail with its reason instead of trying again. */
    private record Attempt(SuiteUnderTest started, RuntimeException failure) implements AutoCloseable {

        static Attempt make() {
            try {
                return new Attempt(SuiteUnderTest.start(), null);
            } catch (RuntimeException e) {
                return new Attempt(null, e);
            }
        }

        SuiteUnderTest suite() {
            if (failure != null) {
                throw new IllegalStateException("the suite did not start: " + failure.getMessage(), failure);
            }
            return started;
        }

        @Override
        public void close() {
            if (started != null) {
                started.close();
            }
        }
    }
}
