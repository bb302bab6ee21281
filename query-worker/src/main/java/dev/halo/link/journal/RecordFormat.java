package dev.halo.link.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** The bytes of the journal: four bytes length, four bytes CRC-32 of the payload, the record's JSON. */
final class RecordFormat {

    private static final int PREFIX = 8;
    private static final ObjectWriter WRITER = Json.writerFor(JournalRecord.class);
    static final int MAX_RECORD_BYTES = 256 * 1024;

    private RecordFormat() {}

    /**
     * What a file held.
     *
     * @param validBytes up to the first record that is torn or damaged
     * @param damaged whether anything but a torn last record follows them
     */
    record Contents(List<JournalRecord> records, long validBytes, boolean damaged) {}

    static ByteBuffer encode(JournalRecord record) {
        byte[] payload = payload(record);
        return ByteBuffer.allocate(PREFIX + payload.length)
                .putInt(payload.length)
                .putInt(crc(payload, 0, payload.length))
                .put(payload)
                .flip();
    }

    /** Reads what can be read. A crash tears at most the last record; anything else is damage. */
    static Contents decode(byte[] file) {
        List<JournalRecord> records = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(file);
        int valid = 0;
        while (in.remaining() >= PREFIX) {
            int length = in.getInt();
            int crc = in.getInt();
            if (length < 2 || length > MAX_RECORD_BYTES) {
                return new Contents(records, valid, !isZero(file, valid));
            }
            if (length > in.remaining()) {
                return new Contents(records, valid, false);
            }
            int start = in.position();
            in.position(start + length);
            if (crc(file, start, length) != crc) {
                return new Contents(records, valid, in.hasRemaining() && !isZero(file, start));
            }
            try {
                records.add(Json.read(file, start, length, JournalRecord.class));
            } catch (MalformedMessage e) {
                return new Contents(records, valid, true);
            }
            valid = in.position();
        }
        return new Contents(records, valid, false);
    }

    /** Some file systems leave zeros where a write had not reached the disk. */
    private static boolean isZero(byte[] file, int from) {
        for (int i = from; i < file.length; i++) {
            if (file[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] payload(JournalRecord record) {
        try {
            // By the interface, so that the name of the record's kind is written.
            return WRITER.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a journal record that is no JSON", e);
        }
    }

    private static int crc(byte[] bytes, int offset, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
