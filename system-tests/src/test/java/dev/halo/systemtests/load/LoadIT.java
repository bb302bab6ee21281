package dev.halo.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.local.ServiceName;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.Metrics;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many queries, each of which gets its own answer. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY - 1)
class LoadIT {

    private static final int SOME_IN_A_ROW = 500;
    private static final int ALL_IN_A_ROW = 2_000;
    private static final int AT_ONCE = 64;
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final Duration WHOLE = Duration.ofSeconds(30);

    private final SuiteUnderTest suite;
    private final Demo demo;

    LoadIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @Test
    void hundredsInARowAreAllAnswered() {
        assertThatAllAreAnswered(SOME_IN_A_ROW);
    }

    @Tag("chaos")
    @Test
    void twoThousandInARowAreAllAnswered() {
        assertThatAllAreAnswered(ALL_IN_A_ROW);
    }

    private void assertThatAllAreAnswered(int queries) {
        // Given
        Counters before = whenQuiet();
        Map<String, Integer> answers = new TreeMap<>();

        // When
        for (int i = 0; i < queries; i++) {
            answers.merge(ask(i), 1, Integer::sum);
        }

        // Then
        assertThat(answers).isEqualTo(Map.of("right", queries));
        assertCounted(before, queries);
    }

    @Test
    void sixtyFourAtOnceAreAllAnswered() throws Exception {
        assertThatAllAreAnswered(SHORT);
    }

    @Tag("chaos")
    @Test
    void sixtyFourAtOnceAreAllAnsweredForLonger() throws Exception {
        assertThatAllAreAnswered(WHOLE);
    }

    private void assertThatAllAreAnswered(Duration time) throws Exception {
        // Given
        Counters before = whenQuiet();
        long end = System.nanoTime() + time.toNanos();
        ExecutorService callers = Executors.newFixedThreadPool(AT_ONCE);
        List<Future<Map<String, Integer>>> running = new ArrayList<>();

        // When
        for (int caller = 0; caller < AT_ONCE; caller++) {
            int first = caller * 1_000_000;
            running.add(callers.submit(() -> askUntil(end, first)));
        }
        Map<String, Integer> answers = new TreeMap<>();
        for (Future<Map<String, Integer>> caller : running) {
            caller.get().forEach((answer, count) -> answers.merge(answer, count, Integer::sum));
        }
        callers.shutdown();

        // Then
        int asked = answers.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(answers).isEqualTo(Map.of("right", asked));
        assertThat(asked).isGreaterThan(AT_ONCE);
        assertCounted(before, asked);
    }

    private Map<String, Integer> askUntil(long end, int first) {
        Map<String, Integer> answers = new TreeMap<>();
        for (int number = first; System.nanoTime() < end; number++) {
            answers.merge(ask(number), 1, Integer::sum);
        }
        return answers;
    }

    /** {@code right}, or what was wrong with the answer. */
    private String ask(int number) {
        Answer answer = suite.integratorA()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select cast(@n as integer) as N from RDB$DATABASE")
                                .scalar()
                                .parameter("n", "Int", Integer.toString(number)));
        if (answer.status() != 200) {
            return answer.toString();
        }
        return answer.value().asInt() == number ? "right" : "the answer of another query";
    }

    private void assertCounted(Counters before, int queries) {
        // The services count when an answer has left them, which may be a moment after it was read here.
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(counters().minus(before)).isEqualTo(Counters.of(queries)));
    }

    /** What earlier tests have left running would be counted with ours. */
    private Counters whenQuiet() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Metrics.of(demo.routing()).sum("halo_bridge_queries_unfinished") == 0);
        return counters();
    }

    private Counters counters() {
        return Counters.read(
                Metrics.of(demo.gateway()), Metrics.of(demo.routing()), Metrics.of(suite.url(ServiceName.LINK)));
    }

    /**
     * What the services have counted; equal numbers mean that nothing was lost or doubled on the way.
     *
     * @param answered by the gateway
     * @param delivered by the bridge to the Link
     * @param run by the Link; registered ones run and end on its own clock, also those of earlier tests
     * @param ended outcomes that the bridge passed back, of queries that it had delivered
     * @param astray replies that nobody waited for, and queries whose outcome never came
     */
    private record Counters(long answered, long delivered, long run, long ended, long astray) {

        static Counters of(long queries) {
            return new Counters(queries, queries, queries, queries, 0);
        }

        static Counters read(Metrics gateway, Metrics bridge, Metrics link) {
            double astray = gateway.sum("halo_gateway_replies_late_total")
                    + gateway.sum("halo_gateway_replies_foreign_total")
                    + gateway.sum("halo_gateway_replies_malformed_total")
                    + gateway.sum("halo_gateway_released_total")
                    + bridge.sum("halo_bridge_queries_abandoned_total")
                    + bridge.sum("halo_bridge_dropped_total")
                    + link.sum("halo_link_queries_duplicate_total");
            return new Counters(
                    (long) gateway.sum("halo_gateway_immediate_seconds_count"),
                    (long) bridge.sum("halo_bridge_queries_delivered_total"),
                    (long) link.sum("halo_link_queries_total", "mode=\"immediate\""),
                    (long) bridge.sum("halo_bridge_queries_ended_total", "asked=\"here\""),
                    (long) astray);
        }

        Counters minus(Counters before) {
            return new Counters(
                    answered - before.answered,
                    delivered - before.delivered,
                    run - before.run,
                    ended - before.ended,
                    astray - before.astray);
        }
    }
}
