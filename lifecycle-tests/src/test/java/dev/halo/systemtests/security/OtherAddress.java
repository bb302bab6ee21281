package dev.halo.systemtests.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A caller from another address of this machine, whose refusals are counted apart from those of all other tests. */
final class OtherAddress {

    private static final String ADDRESS = "127.0.0.77";

    private OtherAddress() {}

    /**
     * What was answered.
     *
     * @param first answer, with its headers
     * @param last answer, with its headers
     */
    record Tries(String first, String last) {}

    /** Sends the same GET so many times. */
    static Tries tries(URI service, String path, String header, int times) {
        String first = null;
        String last = null;
        for (int i = 0; i < times; i++) {
            last = get(service, path, header);
            first = first == null ? last : first;
        }
        return new Tries(first, last);
    }

    private static String get(URI service, String path, String header) {
        try (Socket socket = new Socket(
                InetAddress.getByName(service.getHost()), service.getPort(), InetAddress.getByName(ADDRESS), 0)) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + service.getAuthority() + "\r\n" + header
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
