package dev.halo.local;

import dev.halo.embedded.DemoPractice;
import dev.halo.protocol.site.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What a suite is to be.
 *
 * @param repository folder of the built repository
 * @param state folder of all that it keeps
 * @param ports where its servers listen
 * @param environment production, or stage with databases of a developer licence
 * @param practices the demo's practices, none with an INI of one's own
 * @param zedmedIni connects the Link to existing databases instead of the demo's
 * @param databases how to log in to those
 * @param overrides settings of single services, above the suite's own
 * @param keycloak whether a real Keycloak issues the tokens instead of the launcher
 * @param peak whether the services' JVMs compile for peak speed, as in production; else for a quick start
 * @param clean whether to begin without what an earlier run kept
 * @param progress gets a line for each step, for its user
 */
public record SuiteSettings(
        Path repository,
        Path state,
        SuitePorts ports,
        Environment environment,
        List<Practice> practices,
        Optional<Path> zedmedIni,
        ExistingDatabases databases,
        Map<ServiceName, Map<String, String>> overrides,
        boolean keycloak,
        boolean peak,
        boolean clean,
        Consumer<String> progress) {

    /**
     * A practice of the demo.
     *
     * @param folder of its databases in the Firebird's data folder
     * @param name of the practice
     * @param databaseId Zedmed Database ID; on stage the shared one of developers is used instead
     * @param patients how many
     * @param seed of its data
     */
    public record Practice(String folder, String name, String databaseId, int patients, long seed) {}

    /**
     * Logins for databases that exist already; empty ones leave the Link to report what it cannot do.
     *
     * @param discoveryUser reads the probes' table
     * @param discoveryPassword its password
     * @param administratorUser enables integrators
     * @param administratorPassword its password
     */
    public record ExistingDatabases(
            String discoveryUser, String discoveryPassword, String administratorUser, String administratorPassword) {

        static ExistingDatabases none() {
            return new ExistingDatabases("", "", "", "");
        }

        /** Not the passwords. */
        @Override
        public String toString() {
            return "ExistingDatabases[" + discoveryUser + ", " + administratorUser + "]";
        }
    }

    /** Fails where the repository is none. */
    public SuiteSettings {
        if (!Files.exists(repository.resolve("pom.xml"))) {
            throw new SuiteException("Not the repository: " + repository);
        }
        practices = List.copyOf(practices);
        Map<ServiceName, Map<String, String>> copy = new EnumMap<>(ServiceName.class);
        overrides.forEach((service, settings) -> copy.put(service, Map.copyOf(settings)));
        overrides = copy;
    }

    /** Kind of licence that databases of the environment have. */
    DemoPractice.Licence licence() {
        return environment == Environment.STAGE ? DemoPractice.Licence.DEVELOPER : DemoPractice.Licence.STANDARD;
    }

    /** What a state folder is bound to: the databases and the environment, in words. */
    String kind() {
        return environment.wire() + ", "
                + zedmedIni.map(file -> "the databases of " + file).orElse("the demo's databases");
    }

    /** The two practices of {@code ./halo up}: 20 000 patients and 2 000. */
    public static List<Practice> demoPractices(int firstPatients, int secondPatients) {
        return List.of(
                new Practice("fernbrook", "Fernbrook Family Practice", "ZM100001", firstPatients, 1),
                new Practice("alder", "Port Alder Medical Centre", "ZM100002", secondPatients, 2));
    }

    /** A builder with the settings of {@code ./halo up}. */
    public static Builder builder(Path repository, Path state) {
        return new Builder(repository, state);
    }

    /** Collects settings. */
    public static final class Builder {

        private final Path repository;
        private final Path state;
        private SuitePorts ports = SuitePorts.DEFAULT;
        private Environment environment = Environment.PRODUCTION;
        private List<Practice> practices = demoPractices(20_000, 2_000);
        private Path zedmedIni;
        private ExistingDatabases databases = ExistingDatabases.none();
        private final Map<ServiceName, Map<String, String>> overrides = new EnumMap<>(ServiceName.class);
        private boolean keycloak;
        private boolean peak;
        private boolean clean;
        private Consumer<String> progress = line -> {};

        private Builder(Path repository, Path state) {
            this.repository = repository;
            this.state = state;
        }

        /** Ports other than {@link SuitePorts#DEFAULT}. */
        public Builder ports(SuitePorts chosen) {
            this.ports = chosen;
            return this;
        }

        /** Stage instead of production. */
        public Builder environment(Environment chosen) {
            this.environment = chosen;
            return this;
        }

        /** Practices other than the demo's two; the first is the one that the integrators are paired with. */
        public Builder practices(List<Practice> chosen) {
            this.practices = chosen;
            return this;
        }

        /** The demo's practices with another number of patients. */
        public Builder patients(int first, int second) {
            return practices(demoPractices(first, second));
        }

        /** Existing databases instead of practices. */
        public Builder zedmedIni(Path file, ExistingDatabases logins) {
            this.zedmedIni = file;
            this.databases = logins;
            this.practices = List.of();
            return this;
        }

        /** A setting of a service, above the suite's own. */
        public Builder override(ServiceName service, String key, String value) {
            overrides.computeIfAbsent(service, ignored -> new TreeMap<>()).put(key, value);
            return this;
        }

        /** Has a real Keycloak issue the tokens. */
        public Builder keycloak(boolean chosen) {
            this.keycloak = chosen;
            return this;
        }

        /** Has the services' JVMs compile for peak speed instead of a quick start. */
        public Builder peak(boolean chosen) {
            this.peak = chosen;
            return this;
        }

        /** Begins without what an earlier run kept. */
        public Builder clean(boolean chosen) {
            this.clean = chosen;
            return this;
        }

        /** Where progress goes. */
        public Builder progress(Consumer<String> consumer) {
            this.progress = consumer;
            return this;
        }

        /** The settings. */
        public SuiteSettings build() {
            return new SuiteSettings(
                    repository,
                    state,
                    ports,
                    environment,
                    practices,
                    Optional.ofNullable(zedmedIni),
                    databases,
                    overrides,
                    keycloak,
                    peak,
                    clean,
                    progress);
        }
    }
}
