package dev.halo.link.upload;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;

/**
 * What is said of a body that is PUT to a gateway.
 *
 * @param path below the gateway's base URL
 * @param queryId for the log
 * @param createdAt of the query, as it came
 * @param firstRow position of the first row in the result, from 0
 * @param size bytes of JSON before compression
 * @param sha256 of the body, lower-case hex
 */
record Part(String path, UUID queryId, Instant createdAt, long firstRow, long rows, long size, String sha256) {

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java", e);
        }
    }
}
