package dev.halo.systemtests.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** What the launcher tells a newcomer about the running demo: the values of {@code demo.env}. */
public record Demo(Map<String, String> values) {

    public Demo {
        values = Map.copyOf(values);
    }

    /** Reads the file that the launcher writes. */
    public static Demo read(Path file) {
        Map<String, String> values = new TreeMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Demo(values);
    }

    public String value(String name) {
        String value = values.get(name);
        if (value == null || value.isBlank()) {
            throw new AssertionError("demo.env has no " + name);
        }
        return value;
    }

    public URI gateway() {
        return URI.create(value("HALO_GATEWAY_URL"));
    }

    public URI registry() {
        return URI.create(value("HALO_REGISTRY_URL"));
    }

    public URI routing() {
        return URI.create(value("HALO_ROUTING_URL"));
    }

    /** Integrator A's primary key: enabled at both practices and paired with the first. */
    public String keyA() {
        return value("HALO_SUBSCRIPTION_KEY");
    }

    public String secondaryKeyA() {
        return value("HALO_SUBSCRIPTION_KEY_SECONDARY");
    }

    /** Integrator B is enabled nowhere. */
    public String keyB() {
        return value("HALO_SUBSCRIPTION_KEY_B");
    }

    /** Integrator C is enabled at the first practice, and paired with it. */
    public String keyC() {
        return value("HALO_SUBSCRIPTION_KEY_C");
    }

    /** PMS ID of the first practice. */
    public String databaseId() {
        return value("HALO_DATABASE_ID");
    }

    /** PMS ID of the second practice. */
    public String databaseId2() {
        return value("HALO_DATABASE_ID_2");
    }

    /** Halo GUID of the first practice. */
    public UUID siteId() {
        return UUID.fromString(value("HALO_SITE_ID"));
    }

    /** Halo GUID of the second practice. */
    public UUID siteId2() {
        return UUID.fromString(value("HALO_SITE_ID_2"));
    }
}
