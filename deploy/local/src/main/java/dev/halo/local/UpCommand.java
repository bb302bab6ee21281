package dev.halo.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.local.DemoFacts.SiteFacts;
import dev.halo.local.SuiteSettings.ExistingDatabases;
import dev.halo.protocol.site.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code ./halo up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Starts the suite with its demo and stays until Ctrl-C.")
final class UpCommand implements Callable<Integer> {

    private static final String DEMO_QUERY =
            "select first 5 PATIENT_ID, FIRST_NAME, FAMILY_NAME, DATE_OF_BIRTH, SUBURB from PATIENTS order by PATIENT_ID";
    private static final String ANY_QUERY =
            "select CURRENT_TIMESTAMP as NOW_THERE, CURRENT_USER as ME from RDB$DATABASE";

    @ParentCommand
    private HaloCommand halo;

    @Mixin
    private PortOptions ports;

    @Option(names = "--detach", description = "Come back when the suite is up; it runs on.")
    private boolean detach;

    @Option(names = "--clean", description = "Begin without what an earlier run kept.")
    private boolean clean;

    @Option(
            names = "--stage",
            description = "A stage environment: the demo's databases have developer licences and fake Database IDs.")
    private boolean stage;

    @Option(
            names = "--keycloak",
            description = {
                "A real Keycloak issues the tokens of operators, services and integrator A's client.",
                "The first time fetches it by Maven (165 MB)."
            })
    private boolean keycloak;

    @Option(
            names = "--peak",
            description = {
                "Let the JVMs compile for peak speed, as in production. The start takes nearly twice as long;",
                "after some minutes of load each query costs less CPU."
            })
    private boolean peak;

    @Option(
            names = "--patients",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Patients of the first demo practice, 10 to 1000000; ${DEFAULT-VALUE}.")
    private int patients;

    @Option(
            names = "--zedmed-ini",
            paramLabel = "FILE",
            description = {
                "Connect the Link to the databases that this INI names instead of the demo's.",
                "HALO_DISCOVERY_USER and HALO_DISCOVERY_PASSWORD say how to look at them,",
                "HALO_FIREBIRD_USER and HALO_FIREBIRD_PASSWORD how to enable integrators."
            })
    private Path zedmedIni;

    @Override
    public Integer call() throws Exception {
        StateDirectory state = StateDirectory.open(halo.state());
        Optional<ProcessHandle> running = Launcher.running(state);
        if (running.isPresent()) {
            halo.print("The suite runs already (process " + running.get().pid() + "). Stop it with: ./halo down");
            return 0;
        }
        if (detach) {
            return Launcher.detach(state, halo);
        }
        return stay(state);
    }

    private int stay(StateDirectory state) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        // Kafka's words are for a file, before its first logger is made.
        System.setProperty(
                "org.slf4j.simpleLogger.logFile",
                state.logs().resolve("kafka.log").toString());
        Suite suite = Suite.open(settings());
        Launcher.announce(state);
        Thread closer = new Thread(
                () -> {
                    halo.print("Stopping…");
                    Launcher.withdraw(state);
                    try {
                        suite.close();
                        halo.print("Stopped.");
                    } catch (RuntimeException e) {
                        halo.print("Stopped, with a failure: " + e.getMessage());
                    } finally {
                        ended.countDown();
                    }
                },
                "halo-stop");
        Runtime.getRuntime().addShutdownHook(closer);
        long begun = System.nanoTime();
        suite.start();
        show(suite);
        halo.print("Up after %.1f s. State: %s".formatted((System.nanoTime() - begun) / 1e9, state.root()));
        halo.print("Stop with Ctrl-C or ./halo down");
        Files.writeString(state.ready(), "");
        watch(suite, ended);
        return 0;
    }

    private SuiteSettings settings() {
        SuiteSettings.Builder builder = SuiteSettings.builder(halo.repository(), halo.state())
                .ports(ports.ports())
                .environment(stage ? Environment.STAGE : Environment.PRODUCTION)
                .patients(patients, Math.max(10, patients / 10))
                .keycloak(keycloak)
                .peak(peak)
                .clean(clean)
                .progress(line -> halo.print("  " + line));
        if (zedmedIni != null) {
            if (!Files.isReadable(zedmedIni)) {
                throw new SuiteException("--zedmed-ini " + zedmedIni + " cannot be read");
            }
            builder.zedmedIni(zedmedIni.toAbsolutePath(), logins());
        }
        return builder.build();
    }

    // Without a user for the look at the databases the administrator serves: this is for development.
    private static ExistingDatabases logins() {
        String administrator = environment("HALO_FIREBIRD_USER");
        String password = environment("HALO_FIREBIRD_PASSWORD");
        String discovery = environment("HALO_DISCOVERY_USER");
        return discovery.isEmpty()
                ? new ExistingDatabases(administrator, password, administrator, password)
                : new ExistingDatabases(discovery, environment("HALO_DISCOVERY_PASSWORD"), administrator, password);
    }

    private static String environment(String name) {
        return Optional.ofNullable(System.getenv(name)).orElse("");
    }

    private void show(Suite suite) {
        DemoFacts facts = suite.facts();
        boolean own = suite.firebird() != null;
        String sql = own ? DEMO_QUERY : ANY_QUERY;
        if (facts.sites().isEmpty()) {
            halo.print("\nThe Link found no database that it can use; its report:");
            suite.linkCommands().status().path("problems").forEach(problem -> halo.print("  - " + problem.asText()));
        } else if (own || !environment("HALO_FIREBIRD_USER").isEmpty()) {
            SiteFacts site = facts.sites().get(0);
            JsonNode rows = suite.query(site, null, sql);
            halo.print("\n" + site.practiceName() + " (" + site.databaseId() + ") answers: " + sql + "\n");
            TextTable.lines(rows).forEach(line -> halo.print("  " + line));
            halo.print("\nThe same with curl:");
            halo.print("  " + curl(site, sql, suite.state()));
        }
        halo.print("\n  Integrator API  " + facts.gateway() + "/integrator   (" + facts.gateway() + "/q/swagger-ui)");
        halo.print("  Admin API       " + facts.registry() + "/admin/v1");
        halo.print("  Bridge          " + facts.routing());
        facts.issuer().ifPresent(issuer -> {
            halo.print("  Token issuer    " + issuer.issuer());
            halo.print(
                    "                  people: operator, support, auditor; their password, and how to get tokens again"
                            + " after 10 hours: HALO_OIDC_*");
        });
        halo.print("  Keys and ids    " + suite.state().demoEnvironment() + "\n");
    }

    private static String curl(SiteFacts site, String sql, StateDirectory state) {
        String body = HttpJson.MAPPER
                .createObjectNode()
                .set("command", HttpJson.MAPPER.createObjectNode().put("text", sql))
                .toString();
        return ". " + state.demoEnvironment() + " && curl -s \"$HALO_GATEWAY_URL/integrator/sites/" + site.siteId()
                + "/queries/immediate\" -H \"" + IntegratorApi.KEY_HEADER + ": $HALO_SUBSCRIPTION_KEY\""
                + " -H 'Content-Type: application/json' -d '" + body.replace("'", "'\\''") + "'";
    }

    // A service that ends by itself is not started again: whoever develops wants to see why.
    private void watch(Suite suite, CountDownLatch ended) throws InterruptedException {
        EnumSet<ServiceName> alive = EnumSet.allOf(ServiceName.class);
        while (!ended.await(2, TimeUnit.SECONDS) && !suite.isClosing()) {
            for (ServiceName name : ServiceName.values()) {
                boolean runs = suite.service(name).isRunning();
                if (!runs && alive.remove(name) && !suite.isClosing()) {
                    halo.print(name.module() + " has ended, see "
                            + suite.service(name).log());
                } else if (runs) {
                    alive.add(name);
                }
            }
        }
    }
}
