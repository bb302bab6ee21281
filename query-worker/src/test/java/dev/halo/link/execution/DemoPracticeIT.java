package dev.halo.link.execution;

import static dev.halo.link.testing.EngineUnderTest.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.embedded.DemoPractice;
import dev.halo.embedded.EmbeddedFirebird;
import dev.halo.link.enablement.AccessException;
import dev.halo.link.enablement.CatalogueAccess;
import dev.halo.link.firebird.DatabaseLocation;
import dev.halo.link.firebird.Discovery;
import dev.halo.link.firebird.FirebirdDiscovery;
import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.firebird.Login;
import dev.halo.link.firebird.ProbeResult.Found;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.Settings;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.ParameterType;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demo's practice, with the defaults as they are shipped. */
class DemoPracticeIT {

    private static final EmbeddedFirebird SERVER = EmbeddedFirebird.shared();

    private static DemoPractice practice;
    private static DemoPractice.Spec spec;
    private static SiteDatabase patients;
    private static SiteDatabase documents;
    private static IntegratorLogin login;
    private static EngineUnderTest patientEngine;
    private static EngineUnderTest documentEngine;

    @BeforeAll
    static void start() throws AccessException {
        spec = DemoPractice.Spec.small("engine-demo", "ZM-4711");
        practice = DemoPractice.create(SERVER, spec);
        UUID site = UUID.randomUUID();
        patients = new SiteDatabase(
                site, "PATIENTS", DatabaseLocation.parse(SERVER.connectionString(practice.patientDatabase())));
        documents = new SiteDatabase(
                site, "DOCUMENTS", DatabaseLocation.parse(SERVER.connectionString(practice.documentDatabase())));
        login = TestDatabase.access()
                .enable(TestDatabase.administrator(SERVER), UUID.randomUUID(), List.of(patients, documents));
        patientEngine = new EngineUnderTest(new TestDatabase(SERVER, practice.patientDatabase(), patients, login));
        documentEngine = new EngineUnderTest(new TestDatabase(SERVER, practice.documentDatabase(), documents, login));
    }

    @AfterAll
    static void stop() {
        patientEngine.close();
        documentEngine.close();
    }

    @Test
    void isFoundWithTheShippedProbes() {
        Login discoveryUser = Login.of(spec.discoveryUser(), spec.discoveryPassword());
        try (Discovery discovery =
                new FirebirdDiscovery(Settings.firebird(Map.of()), Settings.probes(Map.of()), discoveryUser)) {
            assertThat(discovery.probe(patients.location())).isInstanceOfSatisfying(Found.class, found -> {
                assertThat(found.facts().databaseId()).isEqualTo("ZM-4711");
                assertThat(found.facts().practiceName()).isEqualTo(spec.name());
                assertThat(found.facts().licenceKind()).isEqualTo("STANDARD");
            });
            assertThat(discovery.ping(documents.location())).isInstanceOf(Found.class);
        }
    }

    @Test
    void opensBothCataloguesToAnEnabledIntegrator() {
        assertThat(TestDatabase.access().check(login, List.of(patients, documents)))
                .isEqualTo(Map.of("PATIENTS", CatalogueAccess.ENABLED, "DOCUMENTS", CatalogueAccess.ENABLED));
        assertThat(patientEngine.scalar("select count(*) as N from PATIENTS").json())
                .isEqualTo("[{\"N\":200}]");
        assertThat(documentEngine
                        .reader("select first 2 * from DOCUMENTS")
                        .rows()
                        .rows())
                .isEqualTo(2);
    }

    @Test
    void keepsSecretNotesSecret() {
        EngineUnderTest.Answer answer = patientEngine.reader("select * from SECRET_NOTES");

        assertThat(answer.failure().type()).isEqualTo(ErrorType.FBSQL);
        assertThat(answer.failure().code()).isEqualTo(335544352);
    }

    @Test
    void runsItsProcedures() {
        EngineUnderTest.Answer answer = patientEngine.procedure(
                ExecutionMode.READER, "P_PATIENT_SEARCH", in("name_prefix", ParameterType.VARCHAR, "A"));

        assertThat(answer.result()).as("%s", answer.result()).isInstanceOf(ExecutionResult.Rows.class);
    }
}
