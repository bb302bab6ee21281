package dev.halo.systemtests.link;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.frame.FrameCodec.Decoded;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.site.Environment;
import dev.halo.systemtests.link.LinkClient.Reply;
import dev.halo.systemtests.suite.Demo;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A session of a {@link ScriptedLink}. It answers pings and confirms what it is told of authority. Queries wait until a test
 * takes and answers them, unless it shall answer all of them alike.
 */
public final class ScriptedSession implements AutoCloseable {

    private static final long LIMIT_SECONDS = 30;
    private static final int UNFINISHED = 16;
    private static final Timing TIMING = new Timing(1, 2, 1, 0);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Demo demo;
    private final String token;
    private final BlockingQueue<Frame> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<QueryRequest> queries = new LinkedBlockingQueue<>();
    private final List<Frame> seen = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile String rowsForAll;
    private WebSocket socket;

    private ScriptedSession(Demo demo, String token) {
        this.demo = demo;
        this.token = token;
    }

    /** Opens a socket and says nothing. */
    public static ScriptedSession connect(Demo demo, String token) {
        ScriptedSession session = new ScriptedSession(demo, token);
        URI address = URI.create(demo.routing().toString().replaceFirst("^http", "ws") + LinkApi.SESSION);
        session.socket = HTTP.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(address, session.new Listener())
                .join();
        return session;
    }

    /** Opens a session. */
    static ScriptedSession open(Demo demo, String token) {
        ScriptedSession session = connect(demo, token);
        session.hello(Environment.PRODUCTION);
        session.await(Frame.Welcome.class);
        session.say(new Frame.AuthorityConfirmed(0));
        return session;
    }

    /** Says who it is, and of which environment. */
    public void hello(Environment environment) {
        say(new Frame.Hello(
                FrameCodec.VERSION, LinkClient.VERSION, environment, Instant.now(), UUID.randomUUID(), List.of()));
    }

    /** Gives the bridge credit for sites. */
    public void takeQueriesOf(UUID... sites) {
        for (UUID site : sites) {
            say(new Frame.Credit(site, UNFINISHED));
        }
    }

    /** Answers each query from now on with these rows, and nobody gets to see it. */
    public ScriptedSession answerAllWith(String rows) {
        rowsForAll = rows;
        return this;
    }

    /** Sends a frame. */
    public void say(Frame frame) {
        say(frame, ByteBuffer.allocate(0));
    }

    /** Sends a frame with a body. */
    public synchronized void say(Frame frame, ByteBuffer body) {
        socket.sendBinary(FrameCodec.encode(frame, body), true).join();
    }

    /** The next query that came. */
    public QueryRequest query() {
        return taken(queries, "query");
    }

    /** Whether a query waits. */
    public boolean hasQuery() {
        return !queries.isEmpty();
    }

    /** Answers an immediate with rows, in the name of a site. */
    public void answer(QueryRequest query, UUID as, String rows) {
        byte[] json = rows.getBytes(StandardCharsets.UTF_8);
        Outcome outcome = new Outcome.Rows(1, json.length, Outcome.Storage.INLINE, List.of(), TIMING);
        say(
                new Frame.Ended(query.queryId(), as, query.integratorId(), query.replySlot()),
                OutcomeCodec.encode(outcome, ByteBuffer.wrap(json)));
    }

    /** Ends an async query whose one page was uploaded, in the name of a site. */
    public void end(QueryRequest query, UUID as, String rows) {
        long size = rows.getBytes(StandardCharsets.UTF_8).length;
        say(new Frame.Uploading(query.queryId(), as, new Produced(1, size, 1, TIMING)));
        Outcome outcome = new Outcome.Rows(1, size, Outcome.Storage.STORED, List.of(), TIMING, 1);
        say(
                new Frame.Ended(query.queryId(), as, query.integratorId(), query.replySlot()),
                OutcomeCodec.encode(outcome));
    }

    /** Uploads the one page of a query, with this session's token. */
    public Reply upload(QueryRequest query, String rows) {
        return new LinkClient(demo).upload(token, query.queryId(), query.createdAt(), rows, 1);
    }

    /** The next frame of a kind; others that came before it are skipped. */
    public <T extends Frame> T await(Class<T> kind) {
        while (true) {
            Frame frame = taken(received, kind.getSimpleName());
            if (kind.isInstance(frame)) {
                return kind.cast(frame);
            }
        }
    }

    /** Whether a frame of a kind has ever come. */
    public boolean has(Class<? extends Frame> kind) {
        return seen.stream().anyMatch(kind::isInstance);
    }

    /** Whether the socket was closed, by whichever side. */
    public boolean isClosed() {
        return closed.isDone();
    }

    @Override
    public void close() {
        socket.abort();
    }

    private <T> T taken(BlockingQueue<T> from, String what) {
        try {
            T next = from.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no " + what + " came, but " + seen);
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void frame(Frame frame) {
        seen.add(frame);
        if (frame instanceof Frame.Ping ping) {
            say(new Frame.Pong(ping.number()));
        } else if (frame instanceof Frame.Query query && rowsForAll != null) {
            answer(query.request(), query.request().siteId(), rowsForAll);
        } else if (frame instanceof Frame.Query query) {
            queries.add(query.request());
        } else if (frame instanceof Frame.Authority authority) {
            say(new Frame.AuthorityConfirmed(authority.number()));
        }
        received.add(frame);
    }

    private final class Listener implements WebSocket.Listener {

        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            message.writeBytes(bytes);
            if (last) {
                Decoded decoded = FrameCodec.decode(ByteBuffer.wrap(message.toByteArray()));
                message.reset();
                if (decoded instanceof Decoded.Known known) {
                    frame(known.frame());
                }
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(null);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            closed.complete(null);
        }
    }
}
