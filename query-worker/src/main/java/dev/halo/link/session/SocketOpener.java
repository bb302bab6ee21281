package dev.halo.link.session;

import dev.halo.link.config.CloudUrls;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import dev.halo.protocol.link.LinkApi;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import org.jboss.logging.Logger;

/** Opens sockets to a bridge. All events of a socket come on the context that it was opened on. */
final class SocketOpener {

    private static final Logger LOG = Logger.getLogger(SocketOpener.class);

    private final Vertx vertx;
    private final Context context;
    private final WebSocketClient client;
    private final long timeoutMillis;

    SocketOpener(SessionConfig config, Vertx vertx, Context context) {
        this.vertx = vertx;
        this.context = context;
        this.timeoutMillis = config.connectTimeout().toMillis();
        int maxMessage = (int) Math.min(Integer.MAX_VALUE, config.maxMessage().asLongValue());
        this.client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setMaxFrameSize(maxMessage)
                .setMaxMessageSize(maxMessage)
                .setConnectTimeout((int) Math.min(Integer.MAX_VALUE, timeoutMillis))
                .setTcpKeepAlive(true)
                .setTcpNoDelay(true));
    }

    /** What becomes of a socket. */
    interface Events {

        void opened(BridgeSocket socket);

        /** @param status of a refused upgrade, 0 where there was no answer */
        void notOpened(BridgeSocket socket, int status, String why);

        void message(BridgeSocket socket, ByteBuffer message);

        void text(BridgeSocket socket);

        void closed(BridgeSocket socket, String why);
    }

    BridgeSocket open(URI bridge, String token, Events events) {
        ClientWebSocket socket = client.webSocket();
        BridgeSocket mine = new BridgeSocket(socket, context);
        socket.binaryMessageHandler(message -> events.message(mine, ByteBuffer.wrap(message.getBytes())));
        socket.textMessageHandler(text -> events.text(mine));
        socket.closeHandler(none -> events.closed(mine, "the socket was closed" + reason(socket)));
        socket.exceptionHandler(error ->
                LOG.debugf("event=socket_error kind=%s", error.getClass().getSimpleName()));
        long guard =
                vertx.setTimer(timeoutMillis, id -> events.notOpened(mine, 0, "the bridge did not answer in time"));
        socket.connect(new WebSocketConnectOptions()
                        .setAbsoluteURI(
                                CloudUrls.resolve(bridge, LinkApi.SESSION).toString())
                        .setTimeout(timeoutMillis)
                        .addHeader("Authorization", "Bearer " + token))
                .onComplete(result -> context.runOnContext(none -> {
                    vertx.cancelTimer(guard);
                    if (result.failed()) {
                        failed(mine, result.cause(), events);
                    } else if (mine.isClosed()) {
                        socket.close();
                    } else {
                        mine.connected();
                        events.opened(mine);
                    }
                }));
        return mine;
    }

    private static void failed(BridgeSocket socket, Throwable cause, Events events) {
        if (cause instanceof UpgradeRejectedException rejected) {
            String message = rejected.getBody() == null ? "" : message(rejected.getBody());
            events.notOpened(
                    socket,
                    rejected.getStatus(),
                    "the bridge answered " + rejected.getStatus() + (message.isEmpty() ? "" : ": " + message));
        } else {
            events.notOpened(
                    socket,
                    0,
                    "the bridge cannot be reached (" + cause.getClass().getSimpleName() + ")");
        }
    }

    private record ErrorBody(Error error) {
        record Error(String message) {}
    }

    private static String message(Buffer body) {
        try {
            ErrorBody read = Json.read(body.getBytes(), ErrorBody.class);
            return read.error() == null ? "" : RefusalText.clean(read.error().message());
        } catch (MalformedMessage e) {
            return "";
        }
    }

    private static String reason(ClientWebSocket socket) {
        String reason = socket.closeReason();
        return reason == null || reason.isBlank() ? "" : ": " + reason.replaceAll("\\p{Cntrl}", " ");
    }

    Future<Void> close() {
        return client.close();
    }
}
