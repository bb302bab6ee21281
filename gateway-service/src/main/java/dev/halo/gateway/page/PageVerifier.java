package dev.halo.gateway.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.halo.gateway.error.Refusal;
import dev.halo.protocol.query.QueryBounds;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Checks that a page is what its headers say before it is stored: what is wrong now would otherwise be found by an
 * integrator, after the practice has forgotten the rows.
 */
public final class PageVerifier {

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(QueryBounds.MAX_ROW_BYTES)
                    .build())
            .build();

    private PageVerifier() {}

    /** @throws Refusal 400 naming what does not fit; never quotes the rows */
    public static void verify(UploadedPage page) {
        if (!sha256(page.body()).equals(page.sha256())) {
            throw Refusal.invalid("The body's SHA-256 is not the one in its header.");
        }
        Counting json = null;
        try (ZstdInputStreamNoFinalizer zstd = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(page.body()))) {
            json = new Counting(zstd, page.size());
            long rows = rows(json);
            // The parser stops at the array's end; what is behind it counts too.
            json.transferTo(OutputStream.nullOutputStream());
            if (rows != page.rows()) {
                throw Refusal.invalid("The body holds " + rows + " rows, its header says " + page.rows() + ".");
            }
            if (json.count != page.size()) {
                throw Refusal.invalid(
                        "The body's JSON has " + json.count + " bytes, its header says " + page.size() + ".");
            }
        } catch (IOException e) {
            throw Refusal.invalid(
                    json != null && json.count > page.size()
                            ? "The body's JSON has more bytes than its header says."
                            : "The body is not a zstd frame of a JSON array of objects.");
        }
    }

    private static long rows(InputStream json) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new IOException("not an array");
            }
            long rows = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.START_OBJECT) {
                    throw new IOException("not an object");
                }
                parser.skipChildren();
                rows++;
            }
            if (parser.nextToken() != null) {
                throw new IOException("more than an array");
            }
            return rows;
        }
    }

    private static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Counts what is read and stops soon after the bound: a small body may decompress to any size. */
    private static final class Counting extends FilterInputStream {
        private final long max;
        private long count;

        private Counting(InputStream in, long max) {
            super(in);
            this.max = max;
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            counted(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            counted(Math.max(0, read));
            return read;
        }

        private void counted(int bytes) throws IOException {
            count += bytes;
            if (count > max) {
                throw new IOException("longer than declared");
            }
        }
    }
}
