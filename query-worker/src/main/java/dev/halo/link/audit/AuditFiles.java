package dev.halo.link.audit;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The audit's files in their order: {@code audit-<number of its first entry>.jsonl}, one entry a line. */
public final class AuditFiles {

    private static final Pattern NAME = Pattern.compile("audit-\\d{12}\\.jsonl");

    private AuditFiles() {}

    static Path file(Path directory, long firstNumber) {
        return directory.resolve(String.format(Locale.ROOT, "audit-%012d.jsonl", firstNumber));
    }

    /** Number of the first entry of a file, by its name. */
    static long firstNumber(Path file) {
        return Long.parseLong(file.getFileName().toString().replaceAll("\\D", ""));
    }

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    /**
     * What a look at the whole chain found.
     *
     * @param entries genuine ones
     * @param broken where the chain first breaks, in words; empty when it holds
     * @param torn that the last line is not whole, in words; empty where it is
     */
    public record Verification(long entries, Optional<String> broken, Optional<String> torn) {}

    /**
     * Reads all entries in their order and follows the chain, from where it must begin to where it must end; also while the
     * Link writes. A last line that is torn, as a crash leaves it, is no break.
     *
     * @param each given every readable entry
     */
    public static Verification read(Path directory, Consumer<AuditEntry> each) throws IOException {
        Optional<AuditHead> head = AuditHead.read(directory);
        Reader reader = new Reader(head, each);
        List<Path> files = list(directory);
        for (int i = 0; i < files.size(); i++) {
            reader.read(files.get(i), i == files.size() - 1);
        }
        reader.checkEnds(AuditHead.read(directory));
        return new Verification(reader.entries, Optional.ofNullable(reader.broken), Optional.ofNullable(reader.torn));
    }

    private static final class Reader {
        private final Consumer<AuditEntry> each;
        private final Optional<AuditHead> head;
        private AuditEntry first;
        private AuditEntry last;
        private boolean reachedHead;
        private long entries;
        private String broken;
        private String torn;

        /** @param head as it was before the entries are read: more may have come since */
        Reader(Optional<AuditHead> head, Consumer<AuditEntry> each) {
            this.head = head;
            this.each = each;
        }

        void read(Path file, boolean isLast) throws IOException {
            try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                int number = 1;
                for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
                    String place = file.getFileName() + " line " + number;
                    Optional<AuditEntry> entry = parse(line);
                    if (entry.isPresent()) {
                        follow(entry.get(), place);
                    } else if (!isLast || lines.ready()) {
                        breakAt(place + " is not readable");
                    } else {
                        torn = place
                                + " is not whole: it is being written now, or a crash or a power cut tore it, and the"
                                + " Link cuts it off when it starts";
                    }
                }
            }
        }

        private void follow(AuditEntry entry, String place) {
            if (!AuditChain.isGenuine(entry)) {
                breakAt(place + " was changed");
            } else if (last != null && !last.hash().equals(entry.previous())) {
                breakAt("entries are missing before " + place);
            } else if (last == null && entry.number() == 1 && !AuditChain.BEGINNING.equals(entry.previous())) {
                breakAt(place + " is not the first entry it claims to be");
            } else {
                entries++;
            }
            first = first == null ? entry : first;
            last = entry;
            reachedHead |= head.isPresent() && head.get().number() == entry.number();
            if (head.isPresent()
                    && head.get().number() == entry.number()
                    && !head.get().hash().equals(entry.hash())) {
                breakAt(place + " is not the entry that was written as the last");
            }
            each.accept(entry);
        }

        /** @param now as it is after the entries were read: rotation may have taken some meanwhile */
        void checkEnds(Optional<AuditHead> now) {
            if (head.isEmpty() || now.isEmpty()) {
                if (last != null) {
                    breakAt(AuditHead.FILE + ", which says how far the chain goes, is missing or damaged");
                }
            } else if (head.get().number() > 0 && !reachedHead && isBefore(head.get())) {
                breakAt("the entries up to " + head.get().number() + " are missing at the end"
                        + (torn == null ? "" : "; " + torn));
            } else if (first != null && first.number() > now.get().first()) {
                breakAt("the entries from " + now.get().first() + " on are missing before " + first.number());
            }
        }

        private boolean isBefore(AuditHead end) {
            return last == null || last.number() < end.number();
        }

        private void breakAt(String where) {
            if (broken == null) {
                broken = where;
            }
        }

        private static Optional<AuditEntry> parse(String line) {
            try {
                return Optional.of(Json.read(line.getBytes(StandardCharsets.UTF_8), AuditEntry.class));
            } catch (MalformedMessage e) {
                return Optional.empty();
            }
        }
    }
}
