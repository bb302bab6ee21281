package dev.halo.systemtests.suite;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A network between two processes, on loopback, that breaks as a test says. */
public final class TcpRelay implements AutoCloseable {

    private static final int BUFFER = 16 * 1024;

    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "tcp-relay");
        thread.setDaemon(true);
        return thread;
    });
    private volatile InetSocketAddress target;
    private volatile boolean swallowing;

    /** @param target where connections lead at first */
    public TcpRelay(URI target) {
        leadTo(target);
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** Its own address. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Has new connections lead elsewhere. */
    public void leadTo(URI other) {
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), other.getPort());
    }

    /** Breaks all connections. */
    public void cut() {
        sockets.forEach(TcpRelay::close);
        sockets.clear();
    }

    /** Loses what is sent from now on in either direction, without a word to either side; or no longer. */
    public void swallow(boolean swallow) {
        swallowing = swallow;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket from = listener.accept();
                Socket to = new Socket();
                sockets.add(from);
                sockets.add(to);
                threads.execute(() -> connect(from, to));
            } catch (IOException e) {
                // The relay is being closed.
                return;
            }
        }
    }

    private void connect(Socket from, Socket to) {
        try {
            to.connect(target);
            threads.execute(() -> pump(to, from));
            pump(from, to);
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        boolean lossy = false;
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                // A connection that has lost bytes stays dead: what came later would make no sense.
                lossy |= swallowing;
                if (!lossy) {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        } catch (IOException e) {
            // One side has gone; the other one is closed with it.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
        threads.shutdownNow();
    }
}
