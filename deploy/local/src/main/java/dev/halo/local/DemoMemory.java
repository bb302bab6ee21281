package dev.halo.local;

import dev.halo.embedded.OwnerOnly;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** What the demo has done already, and the keys that the registry shows only once; owner-only, written at each change. */
final class DemoMemory {

    private final Path file;
    private final TreeMap<String, String> entries = new TreeMap<>();

    DemoMemory(Path file) {
        this.file = file;
        if (Files.exists(file)) {
            try {
                Properties properties = new Properties();
                properties.load(new StringReader(Files.readString(file)));
                properties.stringPropertyNames().forEach(key -> entries.put(key, properties.getProperty(key)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    synchronized Optional<String> get(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    synchronized void put(String key, String value) {
        entries.put(key, value);
        StringBuilder text = new StringBuilder();
        entries.forEach((name, entry) -> text.append(name)
                .append('=')
                .append(entry.replace("\\", "\\\\"))
                .append('\n'));
        try {
            OwnerOnly.write(file, text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
