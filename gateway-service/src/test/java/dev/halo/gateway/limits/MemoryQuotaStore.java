package dev.halo.gateway.limits;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** Does as PostgreSQL does, or as a test wants it to. */
final class MemoryQuotaStore implements QuotaStore {

    /** What it has answered a run of a slot last; of each slot it keeps the two latest runs. */
    private record Last(Gateway gateway, long number, long granted) {}

    private final Map<Key, long[]> rows = new HashMap<>();
    private final Map<Key, Map<Integer, List<Last>>> settled = new HashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    boolean away;
    /** Does what it is told, but nobody hears of it. */
    boolean mute;
    /** Answers when it is let go. */
    boolean holds;

    int asked;

    @Override
    public CompletionStage<List<Settled>> settle(Gateway gateway, List<Settlement> settlements) {
        asked++;
        if (away) {
            return CompletableFuture.failedFuture(new IllegalStateException("away"));
        }
        CompletableFuture<List<Settled>> answer = new CompletableFuture<>();
        Runnable work = () -> answer.complete(
                settlements.stream().map(one -> settle(gateway, one)).toList());
        if (mute) {
            work.run();
            return CompletableFuture.failedFuture(new IllegalStateException("timed out"));
        }
        if (holds) {
            held.add(work);
        } else {
            work.run();
        }
        return answer;
    }

    /** Answers what waits, and what is asked in turn, until nothing is. */
    void letGo() {
        while (!held.isEmpty()) {
            held.remove(0).run();
        }
    }

    private Settled settle(Gateway gateway, Settlement one) {
        long[] row = rows.computeIfAbsent(one.key(), key -> new long[3]);
        List<Last> runs = settled.computeIfAbsent(one.key(), key -> new HashMap<>())
                .computeIfAbsent(gateway.slot(), slot -> new ArrayList<>());
        for (Last last : runs) {
            if (last.gateway().equals(gateway) && last.number() >= one.number()) {
                return new Settled(last.granted(), row[2]);
            }
        }
        long granted = one.owed()
                + Math.max(Math.min(one.wanted(), one.limit() - one.owed() - row[0]), Math.min(one.wanted(), 0));
        row[0] += granted;
        row[1] += one.used();
        row[2] += one.bytes();
        Last said = new Last(gateway, one.number(), granted);
        int known = IntStream.range(0, runs.size())
                .filter(i -> runs.get(i).gateway().equals(gateway))
                .findFirst()
                .orElse(-1);
        if (known >= 0) {
            runs.set(known, said);
        } else {
            runs.add(said);
            if (runs.size() > 2) {
                runs.remove(0);
            }
        }
        return new Settled(granted, row[2]);
    }

    long taken() {
        return rows.values().stream().mapToLong(row -> row[0]).sum();
    }

    long used() {
        return rows.values().stream().mapToLong(row -> row[1]).sum();
    }

    long bytes() {
        return rows.values().stream().mapToLong(row -> row[2]).sum();
    }
}
