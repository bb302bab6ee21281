package dev.halo.systemtests.link;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.PmsType;
import dev.halo.systemtests.link.LinkClient.Reply;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.OperatorClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A Link as far as the cloud sees one, without a process and without a Firebird: it is enrolled as any other, and then does
 * and says whatever a test wants. {@link #close()} ends its sessions.
 */
public final class ScriptedLink implements AutoCloseable {

    private final Demo demo;
    private final LinkClient client;
    private final UUID linkId;
    private final List<ScriptedSession> sessions = new ArrayList<>();
    private String token;
    private String secret;

    private ScriptedLink(Demo demo, JsonNode enrolled) {
        this.demo = demo;
        this.client = new LinkClient(demo);
        this.linkId = UUID.fromString(enrolled.path("linkId").asText());
        this.token = enrolled.path("token").asText();
        this.secret = enrolled.path("secret").asText();
    }

    /** Enrols one for PMS IDs, in production. */
    public static ScriptedLink enrol(Demo demo, OperatorClient operator, String... pmsIds) {
        Reply reply = new LinkClient(demo).enrol(enrolmentToken(operator, pmsIds), Environment.PRODUCTION);
        if (reply.status() != 201) {
            throw new AssertionError("enrolment answered " + reply);
        }
        return new ScriptedLink(demo, reply.json());
    }

    /** An enrolment token for PMS IDs. */
    public static String enrolmentToken(OperatorClient operator, String... pmsIds) {
        String ids = Arrays.stream(pmsIds).map(id -> "\"" + id + "\"").collect(Collectors.joining(","));
        return operator.change("/enrolment-tokens", "{\"pmsIds\":[" + ids + "],\"comment\":\"system tests\"}")
                .path("enrolmentToken")
                .asText();
    }

    /** A PMS ID that nobody has. */
    public static String newPmsId() {
        return "ST" + UUID.randomUUID().toString().substring(0, 8).toUpperCase();
    }

    /** A practice's site with a standard licence. */
    public static AnnouncedSite site(UUID siteId, String pmsId, String... enabledIntegrators) {
        return site(siteId, pmsId, LicenceKind.STANDARD, enabledIntegrators);
    }

    /** A site of any licence. */
    public static AnnouncedSite site(UUID siteId, String pmsId, LicenceKind licence, String... enabledIntegrators) {
        return new AnnouncedSite(
                siteId,
                PmsType.ZEDMED,
                pmsId,
                "Practice " + pmsId,
                "2026.1",
                licence,
                List.of(new Catalogue("patients", true)),
                Arrays.stream(enabledIntegrators).map(UUID::fromString).toList());
    }

    public UUID linkId() {
        return linkId;
    }

    public String token() {
        return token;
    }

    /** The one to trade for the next token. */
    public String secret() {
        return secret;
    }

    /** Announces sites; whatever it announced before and does not now is no longer served. */
    public Reply announce(AnnouncedSite... sites) {
        return client.announce(token, new Announcement(LinkClient.VERSION, List.of(sites)));
    }

    /** Announces, and says what became of the first site. */
    public JsonNode announced(AnnouncedSite... sites) {
        Reply reply = announce(sites);
        if (reply.status() != 200) {
            throw new AssertionError("announcing answered " + reply);
        }
        return reply.json().path("sites").path(0);
    }

    /** Trades a secret for a token; where it works, both are this Link's from now on. */
    public Reply renew(String with) {
        Reply reply = client.renew(linkId, with, Environment.PRODUCTION);
        if (reply.status() == 200) {
            token = reply.json().path("token").asText();
            secret = reply.json().path("secret").asText();
        }
        return reply;
    }

    /** Opens a session, and takes queries of these sites. */
    public ScriptedSession open(UUID... sites) {
        ScriptedSession session = ScriptedSession.open(demo, token);
        sessions.add(session);
        session.takeQueriesOf(sites);
        return session;
    }

    @Override
    public void close() {
        sessions.forEach(ScriptedSession::close);
    }
}
