package dev.halo.systemtests.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchange of PMS IDs for Halo GUIDs, and pairing. */
@SystemTest
class SitesIT {

    private final SuiteUnderTest suite;
    private final Demo demo;

    SitesIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @Test
    void tradesADatabaseIdForTheSiteAndItsPracticeName() {
        // When
        Answer answer = suite.integratorA().sites(demo.databaseId());

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        JsonNode sites = answer.json().path("sites");
        assertThat(sites).hasSize(1);
        JsonNode site = sites.get(0);
        assertThat(site.path("id").asText()).isEqualTo(demo.siteId().toString());
        assertThat(site.path("pmsType").asText()).isEqualTo("Zedmed");
        assertThat(site.path("practiceManagementName").asText()).isEqualTo("Zedmed");
        assertThat(site.path("availability").asText()).isEqualTo("online");
        assertThat(site.path("status").asText()).isEqualTo("active");
        assertThat(site.path("authoritative").asBoolean()).isTrue();
        assertThat(site.path("haloLinkVersion").asText()).isNotBlank();
        JsonNode practice = site.path("practiceMetadata");
        assertThat(practice.path("pmsType").asText()).isEqualTo("Zedmed");
        assertThat(practice.path("practiceManagementSiteId").asText()).isEqualTo(demo.databaseId());
        assertThat(practice.path("practiceName").asText()).isEqualTo(nameInTheDatabase());
        assertThat(practice.path("practiceManagementVersion").asText()).isNotBlank();
        assertThat(site.path("name").asText()).isEqualTo(nameInTheDatabase());
        assertThat(site.path("practiceManagementSiteId").asText()).isEqualTo(demo.databaseId());
    }

    @Test
    void namesBothCataloguesAndOneDefault() {
        // When
        JsonNode catalogues = suite.integratorA().site(demo.siteId()).json().path("catalogue");

        // Then
        List<String> names = new ArrayList<>();
        List<String> defaults = new ArrayList<>();
        catalogues.forEach(catalogue -> {
            names.add(catalogue.path("name").asText());
            if (catalogue.path("isDefault").asBoolean()) {
                defaults.add(catalogue.path("name").asText());
            }
        });
        assertThat(names).containsExactlyInAnyOrder("PATIENTS", "DOCUMENTS");
        assertThat(defaults).containsExactly("PATIENTS");
    }

    @Test
    void stampsTimesAsUtcWithMilliseconds() {
        // When
        JsonNode site = suite.integratorA().site(demo.siteId()).json();

        // Then
        for (String field : List.of("createdAt", "enrichedAt")) {
            assertThat(site.path(field).asText())
                    .as(field)
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            assertThat(Instant.parse(site.path(field).asText())).as(field).isBefore(Instant.now());
        }
    }

    @Test
    void keepsThePracticesOfOneServerApart() {
        // When
        JsonNode first = suite.integratorA().sites(demo.databaseId()).json().path("sites");
        JsonNode second = suite.integratorA().sites(demo.databaseId2()).json().path("sites");

        // Then
        assertThat(first).hasSize(1);
        assertThat(second).hasSize(1);
        assertThat(first.get(0).path("id").asText()).isEqualTo(demo.siteId().toString());
        assertThat(second.get(0).path("id").asText()).isEqualTo(demo.siteId2().toString());
        assertThat(second.get(0).path("practiceMetadata").path("practiceName").asText())
                .isNotEqualTo(first.get(0)
                        .path("practiceMetadata")
                        .path("practiceName")
                        .asText());
    }

    @Test
    void answersAnEmptyListForAnIdThatNoPracticeHas() {
        // When
        Answer answer = suite.integratorA().sites("no-such-database-id");

        // Then
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("sites").isArray()).isTrue();
        assertThat(answer.json().path("sites")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Best Practice", "D4w"})
    void answersAnEmptyListForAPmsThatIsNotServed(String pms) {
        // When
        Answer answer = suite.integratorA().sites(demo.databaseId(), pms);

        // Then
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("sites")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"BestPractice", "zedmed", "Medical Director"})
    void refusesAPmsThatItDoesNotKnow(String pms) {
        // When
        Answer answer = suite.integratorA().sites(demo.databaseId(), pms);

        // Then
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains("practiceManagementName");
    }

    @ParameterizedTest
    @ValueSource(strings = {"practiceManagementSiteId", "practiceManagementName"})
    void needsBothQueryParameters(String left) {
        // Given
        String value = left.equals("practiceManagementName") ? "Zedmed" : demo.databaseId();
        String missing = left.equals("practiceManagementName") ? "practiceManagementSiteId" : "practiceManagementName";

        // When
        Answer answer = suite.integratorA().get("/integrator/sites?" + left + "=" + value);

        // Then
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains(missing);
    }

    @Test
    void refusesTheIdThatAllDeveloperDatabasesShare() {
        // When
        Answer answer = suite.integratorA().sites("DEVELOPER");

        // Then
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message().toLowerCase(Locale.ROOT)).contains("first eight characters", "halo guid");
    }

    @Test
    void showsASiteWithoutPairing() {
        // When
        Answer answer = suite.integratorB().site(demo.siteId());

        // Then
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json())
                .isEqualTo(suite.integratorA()
                        .sites(demo.databaseId())
                        .json()
                        .path("sites")
                        .get(0));
    }

    @Test
    void doesNotKnowAGuidThatNobodyAnnounced() {
        // When
        Answer answer = suite.integratorA().site(IntegratorClient.unknownId());

        // Then
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.message()).isNotBlank();
    }

    @Test
    void refusesAGuidThatIsNone() {
        // When
        Answer answer = suite.integratorA().site("not-a-guid");

        // Then
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains("siteId");
    }

    @Test
    void pairingAgainChangesNothing() {
        // Given an integrator that is paired with the first practice

        // When
        Answer first = suite.integratorA().pairSite(demo.databaseId());
        Answer second = suite.integratorA().pairSite(demo.databaseId());

        // Then
        assertThat(first.status()).as("%s", first).isEqualTo(200);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.id()).isEqualTo(demo.siteId().toString()).isEqualTo(first.id());
        assertThat(second.json().path("authoritative").asBoolean()).isTrue();
    }

    @Test
    void theOldSpellingOfPairingWorksAndSaysThatItIsOld() {
        // When
        Answer old = suite.integratorA().pairSiteAlias(demo.databaseId());
        Answer current = suite.integratorA().pairSite(demo.databaseId());

        // Then
        assertThat(old.status()).isEqualTo(200);
        assertThat(old.headers().firstValue("Deprecation")).isPresent();
        assertThat(current.headers().firstValue("Deprecation")).isEmpty();
        assertThat(old.id()).isEqualTo(current.id());
    }

    @Test
    void cannotPairWithAPracticeThatDoesNotExist() {
        // When
        Answer answer = suite.integratorA().pairSite("no-such-database-id");

        // Then
        assertThat(answer.status()).isEqualTo(404);
    }

    @Test
    void cannotPairBeforeThePracticeHasEnabledTheIntegrator() {
        // When
        Answer answer = suite.integratorB().pairSite(demo.databaseId());

        // Then
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.message().toLowerCase(Locale.ROOT)).contains("practice", "enable");
    }

    @Test
    void cannotQueryBeforeItHasPaired() {
        // Given integrator C, enabled at the first practice only

        // When
        Answer answer = suite.integratorC().immediate(demo.siteId2(), QueryBody.sql("select 1 from RDB$DATABASE"));

        // Then
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.message().toLowerCase(Locale.ROOT)).contains("pair");
        assertThat(suite.integratorC().pairSite(demo.databaseId2()).status()).isEqualTo(403);
    }

    private String nameInTheDatabase() {
        return suite.practiceServer()
                .texts("select SETTING_VALUE from ZEDMED_SYSTEM where SETTING_KEY = 'PRACTICE_NAME'")
                .get(0);
    }
}
