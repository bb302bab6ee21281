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
                .computeIfAbsent(SuiteUnderTest.class, key -> SuiteUnderTest.start(), SuiteUnderTest.class);
    }
}
