package dev.halo.gateway.record;

import dev.halo.gateway.body.BytePieces;
import dev.halo.gateway.body.GzipPieces;
import dev.halo.gateway.body.NdjsonPieces;
import dev.halo.gateway.body.Pieces;
import dev.halo.gateway.body.RowPieces;
import dev.halo.gateway.body.ZstdRows;
import dev.halo.gateway.page.StoredPage;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Locale;

/**
 * In which form a page is streamed.
 *
 * @param lines one row per line instead of an array
 * @param coding of the content; null: none
 */
record StreamForm(boolean lines, String coding) {

    static final String NDJSON = "application/x-ndjson";

    private static final String ZSTD = "zstd";
    private static final String GZIP = "gzip";

    /**
     * What a request asks for.
     *
     * @param accepted in order of preference
     * @param acceptEncoding the header; null if absent
     */
    static StreamForm of(List<MediaType> accepted, String acceptEncoding) {
        boolean lines = accepted.stream()
                .filter(type -> isJson(type) || isLines(type))
                .findFirst()
                .map(StreamForm::isLines)
                .orElse(false);
        String coding = null;
        double best = 0;
        for (String one : acceptEncoding == null ? new String[0] : acceptEncoding.split(",")) {
            String[] parts = one.trim().split("\\s*;\\s*");
            String name = parts[0].toLowerCase(Locale.ROOT);
            double quality = quality(parts);
            boolean known = name.equals(GZIP) || name.equals(ZSTD) && !lines;
            // The stored bytes cost nothing, so of two that are wanted as much they are given.
            if (known && (quality > best || quality == best && quality > 0 && name.equals(ZSTD))) {
                best = quality;
                coding = name;
            }
        }
        return new StreamForm(lines, coding);
    }

    MediaType mediaType() {
        return lines ? MediaType.valueOf(NDJSON) : MediaType.APPLICATION_JSON_TYPE;
    }

    /** The page in this form; whoever writes it closes it. */
    Pieces body(StoredPage page) {
        if (ZSTD.equals(coding)) {
            return new BytePieces(page.body(), page.onClose());
        }
        Pieces rows = new RowPieces(new ZstdRows(page.body(), page.info().size(), page.onClose()));
        Pieces form = lines ? new NdjsonPieces(rows) : rows;
        return GZIP.equals(coding) ? new GzipPieces(form) : form;
    }

    private static boolean isJson(MediaType type) {
        return type.isCompatible(MediaType.APPLICATION_JSON_TYPE);
    }

    private static boolean isLines(MediaType type) {
        return type.getType().equals("application") && type.getSubtype().equals("x-ndjson");
    }

    private static double quality(String[] parts) {
        for (String part : parts) {
            if (part.startsWith("q=")) {
                try {
                    return Double.parseDouble(part.substring(2));
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
