package dev.halo.local;

import dev.halo.embedded.DemoPractice;
import dev.halo.embedded.EmbeddedFirebird;
import dev.halo.embedded.OwnerOnly;
import dev.halo.embedded.ZedmedIni;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The databases that the Link serves: the demo's practices on a Firebird of the suite, or existing ones. */
final class DemoDatabases implements AutoCloseable {

    /**
     * How the Link finds them.
     *
     * @param ini Zedmed's
     * @param user looks at them
     * @param password its password
     */
    record Discovery(Optional<Path> ini, String user, String password) {

        /** Not the password. */
        @Override
        public String toString() {
            return "Discovery[" + ini + ", " + user + "]";
        }
    }

    /**
     * Who enables integrators there.
     *
     * @param user empty where nobody is known
     * @param password its password
     */
    record Administrator(String user, String password) {

        /** Not the password. */
        @Override
        public String toString() {
            return "Administrator[" + user + "]";
        }
    }

    private final SuiteSettings settings;
    private final StateDirectory state;
    private final List<DemoPractice> practices = new ArrayList<>();
    private volatile EmbeddedFirebird firebird;
    private volatile Discovery discovery;

    DemoDatabases(SuiteSettings settings, StateDirectory state) {
        this.settings = settings;
        this.state = state;
    }

    /** Starts the Firebird and makes the practices, unless there are existing databases. */
    Discovery start() {
        discovery = make();
        return discovery;
    }

    /** What {@link #start()} gave. */
    Discovery discovery() {
        return discovery;
    }

    private Discovery make() {
        if (settings.zedmedIni().isPresent()) {
            SuiteSettings.ExistingDatabases logins = settings.databases();
            return new Discovery(settings.zedmedIni(), logins.discoveryUser(), logins.discoveryPassword());
        }
        try {
            EmbeddedFirebird started = EmbeddedFirebird.start(
                    state.folder("firebird"), settings.ports().firebird());
            firebird = started;
            String password = OwnerOnly.secret(state.folder("keys").resolve("discovery.password"), 12);
            String user = DemoPractice.Spec.DISCOVERY_USER;
            List<ZedmedIni.Installation> installations = new ArrayList<>();
            for (SuiteSettings.Practice practice : settings.practices()) {
                DemoPractice made = DemoPractice.createIfAbsent(started, spec(practice, user, password));
                practices.add(made);
                installations.add(made.installation(started));
            }
            Path ini = state.folder("zedmed").resolve("zedmed.ini");
            ZedmedIni.write(ini, installations);
            return new Discovery(Optional.of(ini), user, password);
        } catch (IOException e) {
            throw new SuiteException("The demo's practices cannot be made: " + e.getMessage(), e);
        }
    }

    private DemoPractice.Spec spec(SuiteSettings.Practice practice, String user, String password) {
        DemoPractice.Licence licence = settings.licence();
        return new DemoPractice.Spec(
                practice.folder(),
                practice.name(),
                licence == DemoPractice.Licence.DEVELOPER ? DemoPractice.DEVELOPER_DATABASE_ID : practice.databaseId(),
                licence,
                practice.patients(),
                practice.seed(),
                user,
                password);
    }

    /** Whether they are the demo's own. */
    boolean own() {
        return settings.zedmedIni().isEmpty();
    }

    Administrator administrator() {
        return own()
                ? new Administrator(EmbeddedFirebird.SYSDBA, firebird.sysdbaPassword())
                : new Administrator(
                        settings.databases().administratorUser(),
                        settings.databases().administratorPassword());
    }

    /** JDBC address of the first practice's patient database; empty with existing databases. */
    String firstAddress() {
        return own() ? firebird.jdbcUrl(practices.get(0).patientDatabase()) : "";
    }

    /** Null with existing databases. */
    EmbeddedFirebird firebird() {
        return firebird;
    }

    List<DemoPractice> practices() {
        return List.copyOf(practices);
    }

    @Override
    public void close() {
        if (firebird != null) {
            firebird.close();
        }
    }
}
