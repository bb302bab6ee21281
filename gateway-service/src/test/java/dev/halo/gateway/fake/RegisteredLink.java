package dev.halo.gateway.fake;

import com.github.luben.zstd.Zstd;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.RegisteredRun;
import dev.halo.protocol.session.SessionRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;

/** A Link that holds registered queries and runs them when a test says so. */
public final class RegisteredLink {

    private final URI base;
    private final FakeCloud.Site site;
    private final FakeBridge bridge = Fakes.shared().bridge();
    private final HttpClient http = HttpClient.newHttpClient();
    private SessionRecord.Open session;

    public RegisteredLink(URI base, FakeCloud.Site site) {
        this.base = base;
        this.site = site;
    }

    /** Opens a session, the next one each time, and reports it as a bridge does. */
    public SessionRecord.Open connect(UUID... held) {
        session = bridge.open(site, Behaviours.silent());
        bridge.sessionOpened(session, UUID.randomUUID(), List.of(held));
        return session;
    }

    public void disconnect(SessionRecord.CloseCause cause) {
        bridge.end(session, cause);
    }

    /** Waits until the current session has got a registration. */
    public RegisteredRequest awaitRegistration(UUID id) {
        Awaitility.await().until(() -> registrations(id) > 0);
        return bridge.registered().stream()
                .filter(one -> isOf(one, id))
                .reduce((first, last) -> last)
                .orElseThrow()
                .request();
    }

    /** How often the current session has got a registration. */
    public long registrations(UUID id) {
        return bridge.registered().stream().filter(one -> isOf(one, id)).count();
    }

    private boolean isOf(FakeBridge.Registered one, UUID id) {
        return one.request().queryId().equals(id)
                && session.sessionId().equals(one.headers().sessionId());
    }

    public void confirm(UUID id) {
        report(MessageType.QUEUED, site.linkId(), id, new byte[0]);
    }

    /** Has the registration ended by the Link. */
    public void end(UUID id, QueryFailure failure) {
        byte[] outcome = OutcomeCodec.encode(new Outcome.Failed(failure, null)).array();
        report(MessageType.OUTCOME, site.linkId(), id, outcome);
    }

    /** A run with rows that have changed: uploads and reports them. */
    public void runChanged(UUID id, long number, String rows, int count) {
        if (upload(site.linkId(), id, number, rows, count) != 204) {
            throw new IllegalStateException("not stored");
        }
        ran(id, number, rows, true, rows(rows, count));
    }

    public void ran(UUID id, long number, String rows, boolean changed, Outcome outcome) {
        ran(site.linkId(), id, number, rows, changed, outcome);
    }

    public void ran(UUID linkId, UUID id, long number, String rows, boolean changed, Outcome outcome) {
        String hash = rows == null ? null : hash(rows);
        RegisteredRun run = new RegisteredRun(UUID.randomUUID(), id, number, hash, changed, outcome);
        report(MessageType.RUN, linkId, id, Json.bytes(run));
    }

    public static Outcome rows(String rows, int count) {
        return new Outcome.Rows(count, utf8(rows).length, Outcome.Storage.STORED, List.of(), Behaviours.TIMING);
    }

    /** Base64 of the SHA-256 of a result. */
    public static String hash(String rows) {
        return Base64.getEncoder().encodeToString(sha256(utf8(rows)));
    }

    /** The status that an upload is answered. */
    public int upload(UUID linkId, UUID id, long number, String rows, int count) {
        byte[] body = Zstd.compress(utf8(rows));
        HttpRequest request = HttpRequest.newBuilder(base.resolve(LinkApi.runPath(id, number)))
                .header("Authorization", "Bearer " + Fakes.shared().linkTokens().sign(linkId, Instant.now()))
                .header(LinkApi.HEADER_ROWS, Integer.toString(count))
                .header(LinkApi.HEADER_FIRST_ROW, "0")
                .header(LinkApi.HEADER_SIZE, Integer.toString(utf8(rows).length))
                .header(LinkApi.HEADER_SHA256, HexFormat.of().formatHex(sha256(body)))
                .header(LinkApi.HEADER_CREATED_AT, Instant.now().toString())
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void report(MessageType type, UUID linkId, UUID id, byte[] value) {
        MessageHeaders headers = new MessageHeaders(type, id, null, linkId, session.sessionId(), null, null);
        bridge.result(id.toString(), headers, value);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
