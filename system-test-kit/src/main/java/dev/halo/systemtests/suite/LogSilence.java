package dev.halo.systemtests.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.local.ServiceName;
import dev.halo.systemtests.client.QueryBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks whether SQL, parameters, rows or secrets are in any log at the default level. */
public final class LogSilence {

    private final SuiteUnderTest suite;
    private final Demo demo;

    public LogSilence(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    /** Plants markers in queries of all kinds, and fails where one of them, or a secret, is in a log. */
    public void check() throws IOException {
        plantMarkers();
        Map<String, List<String>> found = new TreeMap<>();
        for (Path log : suite.logs()) {
            String text = Files.readString(log, StandardCharsets.ISO_8859_1);
            secrets().forEach((name, secret) -> {
                if (text.contains(secret)) {
                    found.computeIfAbsent(log.getFileName().toString(), file -> new ArrayList<>())
                            .add(name);
                }
            });
        }

        assertThat(found).isEmpty();
        for (ServiceName service : ServiceName.values()) {
            assertThat(suite.log(service)).as("%s", service).isNotBlank();
        }
    }

    private void plantMarkers() {
        suite.integratorA()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select 'MARKER_SQL_TEXT' as MARKER_SQL_LABEL, cast(@p as varchar(60)) as P,"
                                        + " cast('MARKER_OF_' || 'A_ROW' as varchar(40)) as R from RDB$DATABASE")
                                .parameter("p", "VarChar", "MARKER_PARAMETER"));
        suite.integratorA()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select cast(@p as integer) from RDB$DATABASE")
                                .parameter("p", "VarChar", "MARKER_FAILING_PARAMETER"));
        suite.integratorA().immediate(demo.siteId(), QueryBody.sql("MARKER_SYNTAX_ERROR from where"));
        suite.integratorA().immediate(demo.siteId(), "{\"command\":{\"text\":\"MARKER_BROKEN_BODY");
        suite.integratorA()
                .immediate(demo.siteId(), "{\"command\":{\"text\":\"x\",\"executionMode\":\"MARKER_ENUM_VALUE\"}}");
        suite.integratorA().immediate(demo.siteId(), QueryBody.procedure("MARKER_PROCEDURE"));
        suite.integratorA()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("insert into APPOINTMENTS (APPOINTMENT_ID, PATIENT_ID, DOCTOR_ID,"
                                        + " CLINIC_ID, STARTS_ON, STARTS_AT, STATUS) values (424242424242, 1, 1, 1, 'today', '10:00',"
                                        + " 'MARKER_CHECK')")
                                .nonQuery());
        suite.client("prod_MARKER_SUBSCRIPTION_KEY").sites(demo.databaseId());
    }

    private Map<String, String> secrets() {
        Map<String, String> secrets = new TreeMap<>();
        for (String marker : List.of(
                "MARKER_SQL_TEXT",
                "MARKER_SQL_LABEL",
                "MARKER_OF_A_ROW",
                "MARKER_PARAMETER",
                "MARKER_FAILING_PARAMETER",
                "MARKER_SYNTAX_ERROR",
                "MARKER_BROKEN_BODY",
                "MARKER_ENUM_VALUE",
                "MARKER_PROCEDURE",
                "MARKER_CHECK",
                "424242424242",
                "MARKER_SUBSCRIPTION_KEY",
                // What the tests before this one sent.
                "RDB$DATABASE",
                "P_BOOK_APPOINTMENT",
                "smuggled",
                "KILLED_LINK")) {
            secrets.put(marker, marker);
        }
        for (String name : demo.values().keySet()) {
            if (name.contains("KEY") || name.contains("TOKEN") || name.contains("PASSWORD")) {
                secrets.put(name, demo.value(name));
            }
        }
        return secrets;
    }
}
