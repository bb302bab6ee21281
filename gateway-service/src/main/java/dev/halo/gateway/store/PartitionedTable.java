package dev.halo.gateway.store;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A table partitioned by time. A partition's name ends in the time at which it begins.
 *
 * @param name without the schema
 * @param span of one partition
 * @param ahead how far into the future partitions are made
 * @param retention how long after its end a partition is kept
 */
public record PartitionedTable(String name, Duration span, Duration ahead, Duration retention) {

    private static final DateTimeFormatter SUFFIX =
            DateTimeFormatter.ofPattern("yyyyMMddHH").withZone(ZoneOffset.UTC);

    /** The beginnings of the partitions that must exist now. */
    public Stream<Instant> wanted(Instant now) {
        // One span back: a query of the last hour may be answered in this one, with clocks that differ.
        Instant first = begin(now.minus(span));
        Instant last = begin(now.plus(ahead));
        return Stream.iterate(first, at -> !at.isAfter(last), at -> at.plus(span));
    }

    /** The beginning of the partition that holds a time. */
    public Instant begin(Instant time) {
        long seconds = span.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), seconds) * seconds);
    }

    public String partition(Instant begin) {
        return name + "_" + SUFFIX.format(begin);
    }

    /** Whether this is one of the table's partitions, and all that is in it is too old. */
    public boolean isExpired(String partition, Instant now) {
        return beginOf(partition)
                .filter(begin -> begin.plus(span).plus(retention).isBefore(now))
                .isPresent();
    }

    private Optional<Instant> beginOf(String partition) {
        if (!partition.startsWith(name + "_")) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDateTime.parse(
                            partition.substring(name.length() + 1), DateTimeFormatter.ofPattern("yyyyMMddHH"))
                    .toInstant(ZoneOffset.UTC));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
