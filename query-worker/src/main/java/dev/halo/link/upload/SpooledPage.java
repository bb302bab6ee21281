package dev.halo.link.upload;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.halo.link.execution.ResultPage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.util.HexFormat;

/**
 * A page on disk, as it is going to be sent.
 *
 * @param number from 1
 * @param firstRow position of its first row in the result, from 0
 * @param size bytes of its JSON
 * @param length bytes of the file, a zstd frame
 * @param sha256 of the file, lower-case hex
 */
record SpooledPage(Path file, int number, long firstRow, int rows, long size, long length, String sha256) {

    private static final int LEVEL = 1;

    /** How long its file may become at the most. */
    static long maxLength(ResultPage page) {
        // A stream's blocks have headers of their own beyond the bound of a single call.
        return Zstd.compressBound(page.length()) + page.length() / 1024 + 64;
    }

    /**
     * Compresses a page into a file, without a copy of it in memory.
     *
     * @throws IOException if the disk does not take it; nothing of it is left
     */
    static SpooledPage write(Path file, ResultPage page) throws IOException {
        DigestOutputStream digest = null;
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            digest = new DigestOutputStream(out, Part.newDigest());
            try (OutputStream zstd = new ZstdOutputStreamNoFinalizer(digest, LEVEL)) {
                page.writeTo(zstd);
            }
        } catch (IOException e) {
            Spool.remove(file);
            throw e;
        }
        return new SpooledPage(
                file,
                page.number(),
                page.firstRow(),
                page.rows(),
                page.length(),
                Files.size(file),
                HexFormat.of().formatHex(digest.getMessageDigest().digest()));
    }
}
