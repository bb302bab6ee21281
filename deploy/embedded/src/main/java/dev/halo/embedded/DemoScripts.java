package dev.halo.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The demo's SQL, which lies beside the classes. */
final class DemoScripts {

    private DemoScripts() {}

    static String load(String name) {
        try (InputStream stream = DemoScripts.class.getResourceAsStream("demo/" + name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
