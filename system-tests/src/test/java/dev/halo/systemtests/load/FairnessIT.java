package dev.halo.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One integrator's appetite is not another one's hunger. */
@SystemTest
@Tag("chaos")
@Order(SuiteUnderTest.AFTER_THE_ORDINARY)
class FairnessIT {

    private static final int FLOOD = 150;
    private static final int MEASURED = 300;
    private static final Duration SOON = Duration.ofSeconds(60);

    private final SuiteUnderTest suite;
    private final Demo demo;

    FairnessIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @Test
    void aFloodOfSlowAsyncsLeavesAnothersImmediatesWithinTwiceTheirMedian() {
        // Given
        median();
        double quiet = median();

        // When another integrator floods the site
        List<String> flood = new ArrayList<>();
        for (int i = 0; i < FLOOD; i++) {
            Answer accepted = suite.integratorA()
                    .async(
                            demo.siteId(),
                            QueryBody.sql("select count(*) as FLOOD from APPOINTMENTS a, APPOINTMENTS b,"
                                    + " APPOINTMENTS c, APPOINTMENTS d"));
            assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
            flood.add(accepted.id());
        }
        try {
            await().atMost(SOON)
                    .until(() -> !suite.practiceServer().running("FLOOD").isEmpty());

            // Then
            assertThat(median() / quiet).isLessThanOrEqualTo(2.0);
        } finally {
            flood.forEach(id -> suite.integratorA().delete(demo.siteId(), id));
            await().atMost(SOON)
                    .until(() -> suite.practiceServer().running("FLOOD").isEmpty());
        }
    }

    /** Nanoseconds. */
    private double median() {
        IntegratorClient other = suite.integratorC();
        long[] times = new long[MEASURED];
        for (int i = 0; i < MEASURED; i++) {
            long begun = System.nanoTime();
            assertThat(other.immediate(
                                    demo.siteId(),
                                    QueryBody.sql("select FAMILY_NAME from PATIENTS where PATIENT_ID = 7"))
                            .status())
                    .isEqualTo(200);
            times[i] = System.nanoTime() - begun;
        }
        Arrays.sort(times);
        return times[MEASURED / 2];
    }
}
