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
     */
    public record Verification(long entries, Optional<String> broken) {}

    /**
     * Reads all entries in their order and follows the chain. A last line that is torn, as a crash leaves it, is no break.
     *
     * @param each given every readable entry
     */
    public static Verification read(Path directory, Consumer<AuditEntry> each) throws IOException {
        Reader reader = new Reader(each);
        List<Path> files = list(directory);
        for (int i = 0; i < files.size(); i++) {
            reader.read(files.get(i), i == files.size() - 1);
        }
        return new Verification(reader.entries, Optional.ofNullable(reader.broken));
    }

    private static final class Reader {
        private final Consumer<AuditEntry> each;
        private AuditEntry last;
        private long entries;
        private String broken;

        Reader(Consumer<AuditEntry> each) {
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
            last = entry;
            each.accept(entry);
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
