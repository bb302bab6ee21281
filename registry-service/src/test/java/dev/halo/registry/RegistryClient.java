package dev.halo.registry;

import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.link.LinkMessages.AnnouncementResult;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.TokenResponse;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.PmsType;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Talks to the registry as Links, operators and gateways do. */
public final class RegistryClient {

    private final RegistrySuite suite;

    public RegistryClient(RegistrySuite suite) {
        this.suite = suite;
    }

    /** A token of a person or service with these roles. */
    public String token(String... roles) {
        return suite.token(roles);
    }

    public RequestSpecification as(String... roles) {
        return given().auth().oauth2(token(roles)).contentType(ContentType.JSON);
    }

    public RequestSpecification operator() {
        return as("operator");
    }

    public String enrolmentToken(String... pmsIds) {
        return operator()
                .body(Map.of("pmsIds", List.of(pmsIds)))
                .post("/admin/v1/enrolment-tokens")
                .then()
                .statusCode(201)
                .extract()
                .as(JsonNode.class)
                .path("enrolmentToken")
                .asText();
    }

    public ValidatableResponse tryEnrol(String enrolmentToken, String environment) {
        return given().contentType(ContentType.JSON)
                .body(Map.of(
                        "enrolmentToken",
                        enrolmentToken,
                        "environment",
                        environment,
                        "linkVersion",
                        "1.0",
                        "hostName",
                        "server"))
                .post(LinkApi.ENROL)
                .then();
    }

    /** A new Link that is entitled to these. */
    public EnrolResponse enrol(String... pmsIds) {
        return tryEnrol(enrolmentToken(pmsIds), "production")
                .statusCode(201)
                .extract()
                .as(EnrolResponse.class);
    }

    public ValidatableResponse tryRenew(UUID linkId, String secret) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("linkId", linkId, "secret", secret, "environment", "production"))
                .post(LinkApi.TOKEN)
                .then();
    }

    public TokenResponse renew(UUID linkId, String secret) {
        return tryRenew(linkId, secret).statusCode(200).extract().as(TokenResponse.class);
    }

    public ValidatableResponse tryAnnounce(String token, AnnouncedSite... sites) {
        return given().auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(new Announcement("1.0", List.of(sites)))
                .put(LinkApi.SITES)
                .then();
    }

    public AnnouncementResult announce(String token, AnnouncedSite... sites) {
        return tryAnnounce(token, sites).statusCode(200).extract().as(AnnouncementResult.class);
    }

    /** A practice's own database. */
    public static AnnouncedSite site(UUID siteId, String databaseId, UUID... enabled) {
        return new AnnouncedSite(
                siteId,
                PmsType.ZEDMED,
                databaseId,
                "Practice " + databaseId,
                "38.1",
                LicenceKind.STANDARD,
                List.of(new Catalogue("PATIENTS", true), new Catalogue("DOCUMENTS", false)),
                List.of(enabled));
    }

    public UUID createIntegrator(String name) {
        return UUID.fromString(operator()
                .body(Map.of("name", name))
                .post("/admin/v1/integrators")
                .then()
                .statusCode(201)
                .extract()
                .as(JsonNode.class)
                .path("integratorId")
                .asText());
    }

    public String issueKey(UUID integratorId, String slot) {
        return operator()
                .body(Map.of("slot", slot))
                .post("/admin/v1/integrators/{id}/keys", integratorId)
                .then()
                .statusCode(201)
                .extract()
                .as(JsonNode.class)
                .path("key")
                .asText();
    }

    public ValidatableResponse tryPair(UUID integratorId, UUID siteId) {
        return as("service")
                .body(Map.of("integratorId", integratorId, "siteId", siteId))
                .post("/internal/v1/pairings")
                .then();
    }

    /** A reason, as most changes need one. */
    public static Map<String, String> because(String reason) {
        return Map.of("reason", reason);
    }

    /** What a switch would do. */
    public ValidatableResponse preview(UUID fromLinkId, UUID toLinkId) {
        RequestSpecification request = operator().queryParam("toLinkId", toLinkId);
        return (fromLinkId == null ? request : request.queryParam("fromLinkId", fromLinkId))
                .get("/admin/v1/authority/preview")
                .then();
    }

    /** Switches as a preview of before said. */
    public ValidatableResponse trySwitch(UUID fromLinkId, UUID toLinkId, String fingerprint) {
        Map<String, Object> body = new java.util.HashMap<>(Map.of("toLinkId", toLinkId, "reason", "it was moved"));
        if (fromLinkId != null) {
            body.put("fromLinkId", fromLinkId);
        }
        if (fingerprint != null) {
            body.put("fingerprint", fingerprint);
        }
        return operator().body(body).post("/admin/v1/authority/switches").then();
    }

    /** Looks at the preview and switches. */
    public ValidatableResponse switchNow(UUID fromLinkId, UUID toLinkId) {
        String fingerprint = preview(fromLinkId, toLinkId)
                .statusCode(200)
                .extract()
                .as(JsonNode.class)
                .path("fingerprint")
                .asText();
        return trySwitch(fromLinkId, toLinkId, fingerprint);
    }

    /** Removes a Link or a site, or marks it as uninstalled. */
    public ValidatableResponse retire(String what, UUID id, String as) {
        return operator()
                .body(Map.of("as", as, "reason", "it is not used any more"))
                .post("/admin/v1/" + what + "/{id}/retirement", id)
                .then();
    }

    /** An id that no other test uses. */
    public static String pmsId() {
        return "DB" + UUID.randomUUID().toString().substring(0, 12);
    }
}
