package dev.halo.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * The bytes that a released build wrote. A test that fails against one means that a process of the last release would
 * not understand this build. New files are written with {@code -Dgolden.write=true}.
 */
public final class GoldenFile {

    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int HEX_LINE = 64;

    private GoldenFile() {}

    /** Asserts that the JSON is that of the file, whatever the order of its fields. */
    public static void assertJson(String name, byte[] json) {
        try {
            JsonNode actual = MAPPER.readTree(json);
            write(name + ".json", MAPPER.writeValueAsString(actual) + "\n");
            assertThat(actual).as(name).isEqualTo(MAPPER.readTree(bytes(name + ".json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asserts that a binary message is that of the file. */
    public static void assertHex(String name, byte[] message) {
        String hex = HexFormat.of().formatHex(message).replaceAll("(.{" + HEX_LINE + "})", "$1\n");
        write(name + ".hex", hex.strip() + "\n");
        assertThat(hex.strip()).as(name).isEqualTo(new String(bytes(name + ".hex")).strip());
    }

    /** The file's text. */
    public static byte[] bytes(String file) {
        assertThat(FOLDER.resolve(file)).as("golden file").exists();
        try {
            return Files.readAllBytes(FOLDER.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(String file, String text) {
        if (!Boolean.getBoolean("golden.write")) {
            return;
        }
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
