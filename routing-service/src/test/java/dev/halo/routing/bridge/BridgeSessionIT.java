package dev.halo.routing.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.Frame.RefusalCause;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.session.SessionOpened;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.topic.Topic;
import io.vertx.core.http.UpgradeRejectedException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Sessions at one bridge: who gets one, what it is told, how it ends. */
class BridgeSessionIT extends BridgeFixture {

    @Test
    void aSessionIsInTheLogBeforeTheLinkIsWelcomedWithItsSites() throws Exception {
        // Given
        link = FakeLink.connect(vertx, bridge.port(), deployment.token(linkId));

        // When
        link.hello();

        // Then
        Frame.Welcome welcome = link.await(Frame.Welcome.class);
        SessionRecord.Open open = (SessionRecord.Open) lastSessionRecord();
        assertThat(open.sessionId()).isEqualTo(welcome.sessionId());
        assertThat(open.slot()).isEqualTo(SLOT);
        assertThat(welcome.sites()).containsExactly(new Frame.SiteAuthority(siteId, true, true, authority.version()));
        SessionOpened event = Json.read(awaitRecord(Topic.RESULTS, linkId).value(), SessionOpened.class);
        assertThat(event.sessionId()).isEqualTo(welcome.sessionId());
    }

    @Test
    void theLinkIsToldWhenItIsNoLongerAuthoritative() throws Exception {
        // Given
        open(0);

        // When
        AuthorityRecord switched = deployment.publishAuthority(siteId, UUID.randomUUID());

        // Then
        Frame.Authority told = link.await(Frame.Authority.class);
        assertThat(told.sites()).containsExactly(new Frame.SiteAuthority(siteId, true, false, switched.version()));
        assertThat(confirmations()).isEmpty();
        link.say(new Frame.AuthorityConfirmed(told.number()));
        await().until(() -> !confirmations().isEmpty());
        assertThat(confirmations().get(0).versions()).containsExactly(Map.entry(switched.key(), switched.version()));
    }

    @Test
    void aSiteAnnouncedDuringTheSessionIsTold() throws Exception {
        // Given
        open(0);
        UUID second = UUID.randomUUID();

        // When
        deployment.publishSite(second, linkId, LinkStatus.ACTIVE);

        // Then
        assertThat(link.await(Frame.Authority.class).sites()).contains(new Frame.SiteAuthority(second, true, false));
    }

    @Test
    void aLinkThatIsRemovedLosesItsSession() throws Exception {
        // Given
        open(0);

        // When
        deployment.publishSite(siteId, linkId, LinkStatus.REMOVED);

        // Then
        assertThat(link.await(Frame.Refused.class).cause()).isEqualTo(RefusalCause.LINK_REMOVED);
        assertThat(awaitClosed()).isEqualTo(CloseCause.REVOKED);
        await().until(link::isClosed);
    }

    @Test
    void theLaterOfTwoSessionsOfALinkWins() throws Exception {
        // Given
        open(0);

        // When
        UUID later;
        try (FakeLink second = FakeLink.connect(vertx, bridge.port(), deployment.token(linkId))) {
            second.hello();
            later = second.await(Frame.Welcome.class).sessionId();

            // Then
            Frame.Refused refused = link.await(Frame.Refused.class);
            assertThat(refused.cause()).isEqualTo(RefusalCause.SUPERSEDED);
            assertThat(refused.retryAfterMillis()).isGreaterThanOrEqualTo(60_000);
            await().until(link::isClosed);
            assertThat(lastSessionRecord().sessionId()).isEqualTo(later);
            assertThat(second.isClosed()).isFalse();
        }
    }

    @Test
    void anOrderlyStopIsOfflineAndABrokenSocketIsLost() throws Exception {
        // Given
        open(0);

        // When
        link.say(new Frame.Goodbye());

        // Then
        assertThat(awaitClosed()).isEqualTo(CloseCause.CLOSED);
        link.close();
        open(0);
        link.close();
        assertThat(awaitClosed()).isEqualTo(CloseCause.LOST);
    }

    @Test
    void aForeignEndBehindTheSessionsRecordIsOverwritten() throws Exception {
        // Given
        UUID sessionId = open(0);
        SessionRecord.Closed stranger =
                new SessionRecord.Closed(linkId, UUID.randomUUID(), CloseCause.LOST, java.time.Instant.now());

        // When
        deployment.send(
                Topic.SESSIONS, null, linkId.toString(), MessageHeaders.of(MessageType.SESSION), Json.bytes(stranger));

        // Then
        await().atMost(Duration.ofSeconds(10)).until(() -> lastSessionRecord() instanceof SessionRecord.Open);
        assertThat(lastSessionRecord().sessionId()).isEqualTo(sessionId);
    }

    @Test
    void whatIsNoFrameEndsTheSession() throws Exception {
        // Given
        open(0);

        // When
        link.sayText("hello");

        // Then
        assertThat(awaitClosed()).isEqualTo(CloseCause.PROTOCOL_ERROR);
        link.close();
        open(0);
        link.sayBytes(new byte[] {1, 0, 0, 0, 9, 1});
        assertThat(awaitClosed()).isEqualTo(CloseCause.PROTOCOL_ERROR);
        link.close();
        open(0);
        link.sayBytes(new byte[3 * 1024 * 1024]);
        assertThat(awaitClosed()).isEqualTo(CloseCause.PROTOCOL_ERROR);
    }

    @Test
    void withoutAValidTokenThereIsNoSocket() throws Exception {
        // When
        HttpResponse<String> none = upgrade(null);
        HttpResponse<String> expired = upgrade(deployment.expiredToken(linkId));
        HttpResponse<String> foreign = upgrade(deployment.foreignToken(linkId));
        HttpResponse<String> production = upgrade(deployment.productionToken(linkId));
        HttpResponse<String> garbage = upgrade("garbage");
        HttpResponse<String> tooMany = upgrade("garbage");

        // Then
        assertThat(List.of(none, expired, foreign, production, garbage))
                .allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(401));
        assertThat(none.body()).contains("no bearer token");
        assertThat(expired.body()).contains("has expired");
        assertThat(foreign.body()).contains("not valid");
        assertThat(production.body()).contains("the token is for production, this is stage");
        assertThat(tooMany.statusCode()).isEqualTo(429);
        assertThat(tooMany.headers().firstValue("Retry-After")).isPresent();
        open(0);
        assertThatThrownBy(() -> FakeLink.connect(vertx, bridge.port(), null))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(UpgradeRejectedException.class);
    }

    @Test
    void aValidTokenWithoutAnUpgradeIsToldSo() throws Exception {
        // When
        HttpResponse<String> answer = upgrade(deployment.token(linkId));

        // Then
        assertThat(answer.statusCode()).isEqualTo(426);
    }

    private CloseCause awaitClosed() {
        await().atMost(Duration.ofSeconds(20)).until(() -> lastSessionRecord() instanceof SessionRecord.Closed);
        return ((SessionRecord.Closed) lastSessionRecord()).cause();
    }

    private List<AuthorityConfirmation> confirmations() {
        return deployment.read(Topic.SESSIONS).stream()
                .filter(record -> AuthorityConfirmation.keyOf(linkId).equals(record.key()))
                .map(record -> Json.read(record.value(), AuthorityConfirmation.class))
                .toList();
    }

    private static HttpResponse<String> upgrade(String token) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bridge.port() + LinkApi.SESSION));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
