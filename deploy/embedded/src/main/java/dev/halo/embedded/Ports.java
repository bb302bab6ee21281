package dev.halo.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Chooses TCP ports of the loopback address. */
public final class Ports {

    // Below the range that Linux hands out to outgoing connections, so that a stopped server finds its port free again.
    private static final int FIRST = 20_000;
    private static final int LAST = 31_999;
    /** Of a band, which programs that run at the same time may have of their own: {@code halo.ports.band}, from 0 to 11. */
    private static final int BAND = 1_000;

    private static final Integer OWN_BAND = Integer.getInteger("halo.ports.band");
    private static final int LOWEST = OWN_BAND == null ? FIRST : FIRST + Math.floorMod(OWN_BAND, 12) * BAND;
    private static final int HIGHEST = OWN_BAND == null ? LAST : LOWEST + BAND - 1;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /**
     * A port that nobody listens on at this moment and that this JVM has not given out before.
     *
     * @throws IllegalStateException when no free port was found in 1000 attempts
     */
    public static int free() {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = LOWEST + RANDOM.nextInt(HIGHEST - LOWEST + 1);
            if (isFree(port) && GIVEN.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("No free port between " + LOWEST + " and " + HIGHEST);
    }

    /** The given port, or a free one for 0. */
    public static int orFree(int port) {
        return port == 0 ? free() : port;
    }

    /** Whether a server could listen on the port of the loopback address now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
