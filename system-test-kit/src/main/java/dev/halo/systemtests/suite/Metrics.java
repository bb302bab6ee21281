package dev.halo.systemtests.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/**
 * A service's counters at one moment, in Prometheus' text form.
 *
 * @param lines one sample each, comments left out
 */
public record Metrics(List<String> lines) {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Reads them from {@code /q/metrics} of a service. */
    public static Metrics of(URI service) {
        HttpRequest request =
                HttpRequest.newBuilder(service.resolve("/q/metrics")).build();
        try {
            return new Metrics(HTTP.send(request, BodyHandlers.ofLines())
                    .body()
                    .filter(line -> !line.startsWith("#"))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sum of all samples of a name whose labels contain all the given texts, such as {@code outcome="rows"}. */
    public double sum(String name, String... labels) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
