package dev.halo.link.enrolment;

import dev.halo.link.config.CloudUrls;
import dev.halo.link.enrolment.RegistryException.Kind;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.link.LinkMessages.AnnouncementResult;
import dev.halo.protocol.link.LinkMessages.EnrolRequest;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.TokenRequest;
import dev.halo.protocol.link.LinkMessages.TokenResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The Link's calls to the registry. Each blocks, for the configured time-out at most. */
public final class RegistryClient {

    private static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;
    private static final int MAX_MESSAGE_CHARS = 300;

    private final HttpClient http;
    private final URI base;
    private final Duration timeout;
    private final LinkClock clock;

    public RegistryClient(HttpClient http, URI base, Duration timeout, LinkClock clock) {
        this.http = http;
        this.base = base;
        this.timeout = timeout;
        this.clock = clock;
    }

    /** Trades a one-time token for the Link's identity. */
    public EnrolResponse enrol(EnrolRequest request) throws RegistryException, InterruptedException {
        Timed<EnrolResponse> answer = send(post(LinkApi.ENROL, request), EnrolResponse.class);
        clock.measure(answer.body().serverTime(), answer.roundTrip());
        return answer.body();
    }

    /**
     * Trades the secret for a fresh token and the next secret.
     *
     * @param token the one before: a registry whose database was restored knows the Link by it
     */
    public TokenResponse renew(TokenRequest request, String token) throws RegistryException, InterruptedException {
        HttpRequest post = to(LinkApi.TOKEN)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(request)))
                .build();
        Timed<TokenResponse> answer = send(post, TokenResponse.class);
        clock.measure(answer.body().serverTime(), answer.roundTrip());
        return answer.body();
    }

    /** Tells the registry which sites there are. */
    public AnnouncementResult announce(String token, Announcement sites)
            throws RegistryException, InterruptedException {
        HttpRequest request = to(LinkApi.SITES)
                .header("Authorization", "Bearer " + token)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(sites)))
                .build();
        Timed<AnnouncementResult> answer = send(request, AnnouncementResult.class);
        if (answer.body().serverTime() != null) {
            clock.measure(answer.body().serverTime(), answer.roundTrip());
        }
        return answer.body();
    }

    /** Tells the registry that this Link is uninstalled. */
    public void leave(String token) throws RegistryException, InterruptedException {
        exchange(to(LinkApi.REGISTRATION)
                .header("Authorization", "Bearer " + token)
                .DELETE()
                .build());
    }

    private HttpRequest post(String path, Object body) {
        return to(path).POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)))
                .build();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(CloudUrls.resolve(base, path))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json");
    }

    private record Timed<T>(T body, Duration roundTrip) {}

    private <T> Timed<T> send(HttpRequest request, Class<T> type) throws RegistryException, InterruptedException {
        Timed<byte[]> answer = exchange(request);
        try {
            return new Timed<>(Json.read(answer.body(), type), answer.roundTrip());
        } catch (MalformedMessage e) {
            throw new RegistryException(Kind.UNAVAILABLE, "the registry's answer is not understood: " + e.getMessage());
        }
    }

    private Timed<byte[]> exchange(HttpRequest request) throws RegistryException, InterruptedException {
        long start = System.nanoTime();
        try {
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            byte[] body;
            try (InputStream in = response.body()) {
                body = in.readNBytes(MAX_ANSWER_BYTES);
            }
            Duration roundTrip = Duration.ofNanos(System.nanoTime() - start);
            if (response.statusCode() / 100 != 2) {
                throw refusal(response.statusCode(), body);
            }
            return new Timed<>(body, roundTrip);
        } catch (IOException e) {
            throw new RegistryException(
                    Kind.UNREACHABLE,
                    "the registry at " + base.getHost() + " does not answer ("
                            + e.getClass().getSimpleName() + ")");
        }
    }

    private record ErrorBody(Error error) {
        record Error(int status, String message) {}
    }

    private static RegistryException refusal(int status, byte[] body) {
        String message = "";
        try {
            ErrorBody parsed = Json.read(body, ErrorBody.class);
            if (parsed.error() != null && parsed.error().message() != null) {
                message = ": " + parsed.error().message();
            }
        } catch (MalformedMessage e) {
            message = "";
        }
        if (message.length() > MAX_MESSAGE_CHARS) {
            message = message.substring(0, MAX_MESSAGE_CHARS);
        }
        Kind kind =
                switch (status) {
                    case 401, 403 -> Kind.UNAUTHORIZED;
                    case 408, 429 -> Kind.UNAVAILABLE;
                    default -> status >= 500 ? Kind.UNAVAILABLE : Kind.REFUSED;
                };
        return new RegistryException(kind, "the registry answered " + status + message.replaceAll("\\p{Cntrl}", " "));
    }
}
