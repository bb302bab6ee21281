package dev.halo.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.local.DemoFacts.IntegratorFacts;
import dev.halo.local.DemoFacts.SiteFacts;
import dev.halo.protocol.site.Environment;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Makes the demo through the APIs that everybody uses: integrators and keys, the Link's enrolment, what the practices
 * enable, the pairings. Each step is done once and skipped at later starts.
 */
final class DemoSetup {

    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final Map<String, String> INTEGRATORS =
            Map.of("A", "Integrator A (demo)", "B", "Integrator B (demo)", "C", "Integrator C (demo)");

    /**
     * What the setup works with.
     *
     * @param gateway base URL
     * @param admin the registry
     * @param link its commands
     * @param memory what was done already
     * @param environment which one
     * @param administrator of the practices' Firebird, empty where it is not known
     * @param administratorPassword its password
     */
    record Surroundings(
            URI gateway,
            AdminApi admin,
            LinkCommands link,
            DemoMemory memory,
            Environment environment,
            String administrator,
            String administratorPassword) {}

    private final Surroundings with;

    DemoSetup(Surroundings with) {
        this.with = with;
    }

    /** The integrators A, B and C with two keys each. */
    Map<String, IntegratorFacts> integrators() {
        Map<String, IntegratorFacts> facts = new TreeMap<>();
        INTEGRATORS.forEach((letter, name) -> {
            String id = once("integrator." + letter, () -> with.admin().integrator(name));
            facts.put(
                    letter,
                    new IntegratorFacts(
                            id,
                            once("key." + letter + ".primary", () -> with.admin()
                                    .issueKey(id, "PRIMARY")),
                            once("key." + letter + ".secondary", () -> with.admin()
                                    .issueKey(id, "SECONDARY"))));
        });
        return facts;
    }

    /**
     * Enrols the Link for the databases that it found, in the order of the INI, and gives them.
     *
     * @param expected how many there must be at the least
     */
    List<SiteFacts> sites(int expected) {
        Optional<String> known = with.memory().get("sites");
        if (known.isPresent()) {
            return decode(known.get());
        }
        JsonNode sites = await("the Link has looked at the databases", () -> Optional.of(
                        with.link().status().path("sites"))
                .filter(found -> usable(found).size() >= expected || settled(found, expected)));
        List<SiteFacts> facts = usable(sites);
        if (!facts.isEmpty()) {
            enrol(facts.stream().map(SiteFacts::databaseId).toList());
            with.memory().put("sites", encode(facts));
        }
        return facts;
    }

    private void enrol(List<String> databaseIds) {
        if (with.memory().get("enrolled").isEmpty()) {
            boolean any = with.environment() == Environment.STAGE;
            String token = with.admin().enrolmentToken(any ? List.of() : databaseIds);
            with.link().enrol(token).orFail();
            with.memory().put("enrolled", "true");
        }
    }

    // With an INI of one's own some databases may stay unusable; then there is nothing more to wait for.
    private static boolean settled(JsonNode sites, int expected) {
        if (expected > 0 || !sites.isArray()) {
            return false;
        }
        for (JsonNode site : sites) {
            if ("found".equals(site.path("state").asText())) {
                return false;
            }
        }
        return true;
    }

    private static List<SiteFacts> usable(JsonNode sites) {
        List<SiteFacts> facts = new ArrayList<>();
        for (JsonNode site : sites) {
            if ("usable".equals(site.path("state").asText())) {
                facts.add(new SiteFacts(
                        site.path("databaseId").asText(),
                        site.path("siteId").asText(),
                        site.path("practiceName").asText()));
            }
        }
        return facts;
    }

    /** Waits until integrators can see the site online. */
    void awaitOnline(IntegratorFacts integrator, SiteFacts site) {
        IntegratorApi api = new IntegratorApi(with.gateway(), integrator.primaryKey());
        await("the site " + site.databaseId() + " is online", () -> api.site(site.databaseId())
                .filter(found -> "online".equals(found.path("availability").asText())));
    }

    /** Enables an integrator at a site as the practice's administrator would; false where no password is known. */
    boolean enable(IntegratorFacts integrator, String letter, SiteFacts site) {
        if (with.administrator().isEmpty()) {
            return false;
        }
        once("enabled." + letter + "." + site.siteId(), () -> {
            with.link()
                    .enable(
                            site.siteId(),
                            integrator.integratorId(),
                            INTEGRATORS.get(letter),
                            with.administrator(),
                            with.administratorPassword())
                    .orFail();
            return "true";
        });
        return true;
    }

    /** Pairs an integrator with a site, once the cloud knows that the practice has enabled it. */
    void pair(IntegratorFacts integrator, SiteFacts site) {
        IntegratorApi api = new IntegratorApi(with.gateway(), integrator.primaryKey());
        await("the practice's enablement reaches the cloud", () -> Optional.of(api.pair(site.databaseId()))
                .filter(HttpJson.Answer::successful));
    }

    private String once(String key, Supplier<String> step) {
        return with.memory().get(key).orElseGet(() -> {
            String value = step.get();
            with.memory().put(key, value);
            return value;
        });
    }

    private static <T> T await(String what, Supplier<Optional<T>> condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            Optional<T> value = condition.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                throw new SuiteException("Waited in vain until " + what + "; look at the logs of the services");
            }
            LockSupport.parkNanos(Duration.ofMillis(250).toNanos());
        }
    }

    private static String encode(List<SiteFacts> sites) {
        return HttpJson.MAPPER.valueToTree(sites).toString();
    }

    private static List<SiteFacts> decode(String text) {
        try {
            return List.of(HttpJson.MAPPER.readValue(text, SiteFacts[].class));
        } catch (JsonProcessingException e) {
            throw new SuiteException("The demo's memory is damaged; start afresh with: ./halo up --clean", e);
        }
    }
}
