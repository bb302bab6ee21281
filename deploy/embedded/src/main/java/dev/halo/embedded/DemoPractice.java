package dev.halo.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An invented practice: the pair of databases of one Zedmed installation, with synthetic data that is the same at each
 * creation. Zedmed's real schema is not public; this one is our assumption of something like it.
 *
 * <p>In each of the two databases the "vendor" has defined the role {@value #INTEGRATOR_ROLE} with what integrators may
 * do: read the practice's data except {@code SECRET_NOTES} and {@code ZEDMED_SYSTEM}, run the two procedures, and write
 * appointments. A discovery user can read {@code ZEDMED_SYSTEM} and nothing else.
 *
 * @param name name of the practice
 * @param databaseId what the databases carry as their Zedmed Database ID
 * @param patientDatabase the installation's first database
 * @param documentDatabase the installation's second database
 */
public record DemoPractice(String name, String databaseId, Path patientDatabase, Path documentDatabase) {

    /** The role, in each catalogue, whose grants an enabled integrator gets. */
    public static final String INTEGRATOR_ROLE = "HALO_INTEGRATOR";

    /** The Database ID that all developer-licence databases share. */
    public static final String DEVELOPER_DATABASE_ID = "DEVELOPER";

    /** What a licence allows. */
    public enum Licence {
        /** A practice's. */
        STANDARD,
        /** A software developer's. */
        DEVELOPER
    }

    /**
     * What to make.
     *
     * @param folder name of the folder of the server's data directory that gets the two files
     * @param name name of the practice, printable, at most 100 characters of WIN1252
     * @param databaseId Zedmed Database ID
     * @param licence kind of its licence
     * @param patients number of patients, 1 to 1 000 000; each has one to five appointments, an invoice for most of
     *     them, a clinical note for half of them, a document for one in ten
     * @param seed the same seed makes the same data
     * @param discoveryUser the server-wide user that reads {@code ZEDMED_SYSTEM}
     * @param discoveryPassword its password
     */
    public record Spec(
            String folder,
            String name,
            String databaseId,
            Licence licence,
            int patients,
            long seed,
            String discoveryUser,
            String discoveryPassword) {

        /** Name and password of the discovery user where a test does not care. */
        public static final String DISCOVERY_USER = "HALO_DISCOVERY";

        /** Checks the bounds. */
        public Spec {
            if (!folder.matches("[A-Za-z0-9_-]{1,60}")) {
                throw new IllegalArgumentException("folder: letters, digits, - and _, 1 to 60 of them");
            }
            if (patients < 1 || patients > 1_000_000) {
                throw new IllegalArgumentException("patients: 1 to 1000000, not " + patients);
            }
        }

        /** A small practice (200 patients, standard licence) for tests, made in less than a second. */
        public static Spec small(String folder, String databaseId) {
            return new Spec(
                    folder,
                    "Practice " + folder,
                    databaseId,
                    Licence.STANDARD,
                    200,
                    1,
                    DISCOVERY_USER,
                    "discovery-" + databaseId.hashCode());
        }

        /** The same with another licence. */
        public Spec withLicence(Licence kind) {
            return new Spec(folder, name, databaseId, kind, patients, seed, discoveryUser, discoveryPassword);
        }

        /** The same with another number of patients. */
        public Spec withPatients(int count) {
            return new Spec(folder, name, databaseId, licence, count, seed, discoveryUser, discoveryPassword);
        }

        /** The same with another name of the practice. */
        public Spec withName(String practice) {
            return new Spec(folder, practice, databaseId, licence, patients, seed, discoveryUser, discoveryPassword);
        }

        /** The same with another seed. */
        public Spec withSeed(long other) {
            return new Spec(folder, name, databaseId, licence, patients, other, discoveryUser, discoveryPassword);
        }

        /** The same with another discovery user, which is server-wide: practices of one server share it. */
        public Spec withDiscovery(String user, String password) {
            return new Spec(folder, name, databaseId, licence, patients, seed, user, password);
        }
    }

    /**
     * Creates the pair of databases. Folders of a creation that did not finish are made anew.
     *
     * @throws EmbeddedException when they exist already or cannot be made
     */
    public static DemoPractice create(EmbeddedFirebird firebird, Spec spec) {
        DemoPractice practice = at(firebird, spec);
        Path folder = practice.patientDatabase().getParent();
        try {
            if (Files.exists(folder.resolve("complete"))) {
                throw new EmbeddedException("The practice exists already: " + folder);
            }
            BinaryCache.deleteTree(folder);
            Files.createDirectories(folder);
            DemoPatients.create(firebird, practice.patientDatabase(), spec);
            DemoDocuments.create(firebird, practice.documentDatabase(), spec);
            Files.createFile(folder.resolve("complete"));
            return practice;
        } catch (IOException | SQLException e) {
            throw new EmbeddedException("Cannot make the practice " + spec.name() + ": " + e.getMessage(), e);
        }
    }

    /** Where {@link #create} puts the practice; says nothing about whether it is there. */
    public static DemoPractice at(EmbeddedFirebird firebird, Spec spec) {
        Path folder = firebird.dataDirectory().resolve(spec.folder());
        return new DemoPractice(
                spec.name(), spec.databaseId(), folder.resolve("patients.fdb"), folder.resolve("documents.fdb"));
    }

    /** The practice as an earlier run made it whole, else made now. */
    public static DemoPractice createIfAbsent(EmbeddedFirebird firebird, Spec spec) {
        DemoPractice practice = at(firebird, spec);
        boolean complete = Files.exists(practice.patientDatabase().resolveSibling("complete"));
        return complete ? practice : create(firebird, spec);
    }

    /** The installation's section for {@link ZedmedIni}. */
    public ZedmedIni.Installation installation(EmbeddedFirebird firebird) {
        return new ZedmedIni.Installation(
                name, firebird.connectionString(patientDatabase), firebird.connectionString(documentDatabase));
    }

    /**
     * Adds a table of 12 columns and about 180 bytes a row to the patient database, readable for
     * {@value #INTEGRATOR_ROLE}. Integrators get the role's grants when they are enabled, so add it before.
     *
     * @param table name of the new table
     * @param rows number of rows; a million takes some ten seconds
     */
    public void addLargeTable(EmbeddedFirebird firebird, String table, int rows) {
        if (!table.matches("[A-Z][A-Z0-9_]{0,30}")) {
            throw new IllegalArgumentException("Not a table name: " + table);
        }
        String template = DemoScripts.load("large-table.sql");
        firebird.execute(
                patientDatabase, template.replace("${TABLE}", table).replace("${ROWS}", Integer.toString(rows)));
    }

    /** Changes a row of {@code ZEDMED_SYSTEM}, such as LICENCE_KIND, as an update of Zedmed would. */
    public void setSystemValue(EmbeddedFirebird firebird, String key, String value) {
        try (Connection connection = firebird.connect(patientDatabase);
                Statement statement = connection.createStatement()) {
            String sql = "update ZEDMED_SYSTEM set SETTING_VALUE = '%s' where SETTING_KEY = '%s'"
                    .formatted(value.replace("'", "''"), key.replace("'", "''"));
            if (statement.executeUpdate(sql) != 1) {
                throw new EmbeddedException("ZEDMED_SYSTEM has no row " + key);
            }
        } catch (SQLException e) {
            throw new EmbeddedException("Cannot change ZEDMED_SYSTEM: " + e.getMessage(), e);
        }
    }
}
