package dev.halo.link.cloud;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.link.LinkMessages.AnnouncementResult;
import dev.halo.protocol.link.LinkMessages.EnrolRequest;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import dev.halo.protocol.link.LinkMessages.TokenRequest;
import dev.halo.protocol.link.LinkMessages.TokenResponse;
import dev.halo.protocol.site.SiteStatus;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Registry, bridge and gateway as a Link sees them, in one HTTP server of the test's. */
public final class FakeCloud implements AutoCloseable {

    /** The one-time token that enrols; once. */
    public static final String ENROLMENT_TOKEN = "prod_enrol-me";

    public final UUID linkId = UUID.randomUUID();
    public final List<String> secretsUsed = new CopyOnWriteArrayList<>();
    public final List<Announcement> announcements = new CopyOnWriteArrayList<>();
    public final List<FakeSession> sessions = new CopyOnWriteArrayList<>();
    public final Map<String, byte[]> uploads = new ConcurrentHashMap<>();
    public final List<Map.Entry<String, String>> uploadHeaders = new CopyOnWriteArrayList<>();

    /** The paths of all PUTs, in their order, also of those that were not taken. */
    public final List<String> uploadAttempts = new CopyOnWriteArrayList<>();

    /** The headers of what was taken, by path. */
    public final Map<String, MultiMap> headersOf = new ConcurrentHashMap<>();

    /** What a gateway does with a PUT; by default it answers {@link #uploadStatus}. */
    public volatile Function<String, UploadAnswer> uploadAnswer = path -> UploadAnswer.of(this.uploadStatus);

    /**
     * An answer to a PUT.
     *
     * @param status 0 to break the connection off, -1 never to answer
     * @param retryAfter seconds; null for none
     */
    public record UploadAnswer(int status, Integer retryAfter) {
        public static UploadAnswer of(int status) {
            return new UploadAnswer(status, null);
        }
    }

    /** What the registry answers for a site; by default active and authoritative. */
    public volatile UnaryOperator<SiteResult> siteResult = UnaryOperator.identity();

    public volatile boolean enrolled;
    public volatile int registryStatus = 200;
    public volatile String registryMessage = "told to";
    public volatile int uninstalls;
    public volatile int uploadStatus = 204;
    public volatile int upgradeStatus = 101;
    public volatile String upgradeMessage = "told to";
    public volatile boolean welcomes = true;
    /** Of what the bridge says; 0 for a bridge that tells none. */
    public volatile long authorityVersion;

    public volatile Duration clockAhead = Duration.ZERO;

    private final Vertx vertx;
    private final HttpServer server;
    private volatile String secret = UUID.randomUUID().toString();

    public FakeCloud(Vertx vertx) throws Exception {
        this(vertx, 0);
    }

    public FakeCloud(Vertx vertx, int port) throws Exception {
        this.vertx = vertx;
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(port)
                        .setMaxWebSocketFrameSize(4 * 1024 * 1024)
                        .setMaxWebSocketMessageSize(4 * 1024 * 1024))
                .requestHandler(this::handle);
        server.listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    public int port() {
        return server.actualPort();
    }

    public String token() {
        return "token-of-" + linkId;
    }

    /** The last session that was opened. */
    public FakeSession session() {
        return sessions.get(sessions.size() - 1);
    }

    /** The sites that were last announced. */
    public List<AnnouncedSite> sites() {
        return announcements.isEmpty()
                ? List.of()
                : announcements.get(announcements.size() - 1).sites();
    }

    private void handle(HttpServerRequest request) {
        if (request.path().equals(LinkApi.SESSION)) {
            upgrade(request);
            return;
        }
        request.body().onSuccess(body -> {
            String path = request.path();
            if (path.startsWith(LinkApi.QUERIES) || path.startsWith(LinkApi.REGISTERED)) {
                upload(request, body.getBytes());
            } else if (registryStatus != 200) {
                request.response().setStatusCode(registryStatus).end(error(registryStatus, registryMessage));
            } else if (path.equals(LinkApi.REGISTRATION)) {
                uninstall(request);
            } else if (path.equals(LinkApi.ENROL)) {
                enrol(request, Json.read(body.getBytes(), EnrolRequest.class));
            } else if (path.equals(LinkApi.TOKEN)) {
                renew(request, Json.read(body.getBytes(), TokenRequest.class));
            } else {
                announce(request, Json.read(body.getBytes(), Announcement.class));
            }
        });
    }

    private static String error(int status, String message) {
        return "{\"error\":{\"status\":" + status + ",\"message\":\"" + message + "\"}}";
    }

    private void uninstall(HttpServerRequest request) {
        boolean known = ("Bearer " + token()).equals(request.getHeader("Authorization"));
        uninstalls += known && request.method().equals(HttpMethod.DELETE) ? 1 : 0;
        request.response().setStatusCode(known ? 204 : 401).end();
    }

    private void enrol(HttpServerRequest request, EnrolRequest body) {
        if (enrolled || !ENROLMENT_TOKEN.equals(body.enrolmentToken())) {
            request.response().setStatusCode(401).end("{\"error\":{\"status\":401,\"message\":\"used or unknown\"}}");
            return;
        }
        enrolled = true;
        answer(request, 201, new EnrolResponse(linkId, secret, token(), now().plusSeconds(86_400), now()));
    }

    private void renew(HttpServerRequest request, TokenRequest body) {
        secretsUsed.add(body.secret());
        if (!body.secret().equals(secret)) {
            request.response().setStatusCode(401).end("{\"error\":{\"status\":401,\"message\":\"retired secret\"}}");
            return;
        }
        secret = UUID.randomUUID().toString();
        answer(request, 200, new TokenResponse(token(), now().plusSeconds(86_400), secret, now()));
    }

    private void announce(HttpServerRequest request, Announcement body) {
        if (!("Bearer " + token()).equals(request.getHeader("Authorization"))) {
            request.response().setStatusCode(401).end();
            return;
        }
        announcements.add(body);
        List<SiteResult> results = new ArrayList<>();
        body.sites()
                .forEach(site -> results.add(
                        siteResult.apply(new SiteResult(site.siteId(), SiteStatus.ACTIVE, true, null, false))));
        answer(request, 200, new AnnouncementResult(results, now()));
        sessions.stream().filter(FakeSession::isOpen).forEach(session -> session.authority(authority()));
    }

    /** What the bridge says of the sites. */
    public List<Frame.SiteAuthority> authority() {
        return sites().stream()
                .map(site -> siteResult.apply(new SiteResult(site.siteId(), SiteStatus.ACTIVE, true, null, false)))
                .filter(site -> !site.newGuidNeeded())
                .map(site -> new Frame.SiteAuthority(
                        site.siteId(), site.status() == SiteStatus.ACTIVE, site.authoritative(), authorityVersion))
                .toList();
    }

    private void upload(HttpServerRequest request, byte[] body) {
        UploadAnswer answer = uploadAnswer.apply(request.path());
        uploadAttempts.add(request.path());
        if (answer.status() / 100 == 2) {
            uploads.put(request.path(), body);
            headersOf.put(request.path(), request.headers());
            request.headers().forEach(header -> uploadHeaders.add(Map.entry(header.getKey(), header.getValue())));
        }
        if (answer.retryAfter() != null) {
            request.response().putHeader("Retry-After", answer.retryAfter().toString());
        }
        if (answer.status() == 0) {
            request.connection().close();
        } else if (answer.status() > 0) {
            request.response().setStatusCode(answer.status()).end();
        }
    }

    private void upgrade(HttpServerRequest request) {
        if (upgradeStatus != 101 || !("Bearer " + token()).equals(request.getHeader("Authorization"))) {
            int status = upgradeStatus == 101 ? 401 : upgradeStatus;
            request.response().setStatusCode(status).end(error(status, upgradeMessage));
            return;
        }
        request.toWebSocket().onSuccess(socket -> sessions.add(new FakeSession(vertx, socket, this)));
    }

    static byte[] encode(Frame frame) {
        return FrameCodec.encode(frame).array();
    }

    Instant now() {
        return Instant.now().plus(clockAhead);
    }

    private static void answer(HttpServerRequest request, int status, Object body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(Buffer.buffer(Json.bytes(body)));
    }

    @Override
    public void close() throws Exception {
        server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
