package dev.halo.test;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rules that every module's code keeps. A module's architecture test is one call:
 *
 * <pre>{@code
 * @Test
 * void keepsTheHouseRules() {
 *     HouseRules.checkService("dev.halo.gateway");
 * }
 * }</pre>
 */
public final class HouseRules {

    private static final List<String> SERVICES =
            List.of("dev.halo.gateway", "dev.halo.registry", "dev.halo.routing", "dev.halo.link", "dev.halo.local");

    private HouseRules() {}

    /**
     * Checks the main classes of a service, or of any other module on top of protocol and messaging.
     *
     * @param basePackage such as {@code dev.halo.gateway}
     */
    public static void checkService(String basePackage) {
        JavaClasses classes = mainClasses(basePackage);
        check(Stream.concat(common(basePackage).stream(), Stream.of(independent(basePackage))), classes);
    }

    /** Checks {@code dev.halo.messaging}. */
    public static void checkMessaging() {
        String basePackage = "dev.halo.messaging";
        ArchRule plain = onlyDependsOn(basePackage, "dev.halo.protocol..", "org.apache.kafka..", "org.slf4j..");
        check(Stream.concat(common(basePackage).stream(), Stream.of(plain)), mainClasses(basePackage));
    }

    /** Checks {@code dev.halo.protocol}: what crosses process boundaries knows no framework. */
    public static void checkProtocol() {
        String basePackage = "dev.halo.protocol";
        ArchRule plain = onlyDependsOn(basePackage, "com.fasterxml.jackson..", "org.jose4j..", "javax.crypto..");
        check(Stream.concat(common(basePackage).stream(), Stream.of(plain)), mainClasses(basePackage));
    }

    private static void check(Stream<ArchRule> rules, JavaClasses classes) {
        List<String> violations = new ArrayList<>();
        rules.forEach(rule -> {
            var result = rule.allowEmptyShould(true).evaluate(classes);
            if (result.hasViolation()) {
                violations.add(result.getFailureReport().toString());
            }
        });
        if (!violations.isEmpty()) {
            throw new AssertionError(String.join("\n\n", violations));
        }
    }

    private static JavaClasses mainClasses(String basePackage) {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(basePackage);
        if (classes.isEmpty()) {
            throw new AssertionError("there are no classes in " + basePackage);
        }
        return classes;
    }

    private static List<ArchRule> common(String basePackage) {
        return List.of(
                slices().matching(basePackage + ".(*)..")
                        .should()
                        .beFreeOfCycles()
                        .because("packages that need each other are one package"),
                NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING,
                NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.because("output belongs in the log"),
                noClasses()
                        .should()
                        .callMethodWhere(target(name("printStackTrace")))
                        .because("faults belong in the log"),
                noFields()
                        .should()
                        .beAnnotatedWith("jakarta.inject.Inject")
                        .orShould()
                        .beAnnotatedWith("org.eclipse.microprofile.config.inject.ConfigProperty")
                        .because("what a class needs stands in its constructor"),
                noClasses()
                        .should()
                        .haveNameMatching(".*(Utils?|Helpers?|Impl)$")
                        .because("a name says what a class is about"),
                noClasses()
                        .should()
                        .resideInAnyPackage("..util..", "..utils..", "..impl..", "..helper..", "..common.."),
                classes()
                        .that()
                        .areAnnotatedWith("io.smallrye.config.ConfigMapping")
                        .should()
                        .beInterfaces()
                        .andShould()
                        .haveSimpleNameEndingWith("Config")
                        .because("configuration is read in one form"),
                fields().that()
                        .areStatic()
                        .and()
                        .areDeclaredInClassesThat(areNotEnums())
                        .should()
                        .beFinal()
                        .because("static state has no owner"));
    }

    private static ArchRule independent(String basePackage) {
        String[] others = SERVICES.stream()
                .filter(service -> !service.equals(basePackage))
                .map(service -> service + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(basePackage + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .because("services meet on the wire");
    }

    private static ArchRule onlyDependsOn(String basePackage, String... allowed) {
        DescribedPredicate<JavaClass> own = resideInAPackage(basePackage + "..");
        return noClasses()
                .that()
                .resideInAPackage(basePackage + "..")
                .should()
                .dependOnClassesThat(DescribedPredicate.not(
                        own.or(resideInAnyPackage("java..")).or(resideInAnyPackage(allowed))))
                .because("it is used by everybody");
    }

    private static DescribedPredicate<JavaClass> areNotEnums() {
        return DescribedPredicate.describe("are not enums", type -> !type.isEnum());
    }
}
