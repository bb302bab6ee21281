package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.EngineUnderTest.Answer;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.ErrorType;
import dev.halo.test.Background;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A result of which rows are left unread costs neither the connection nor the server. */
class LeftRowsIT {

    private static final String OVERSIZED =
            "select first 9000 cast('x' as char(1000)) as FILL from rdb$fields a, rdb$fields b";
    private static final String CONNECTION = "select current_connection as C from rdb$database";

    private static EngineUnderTest engine;

    @BeforeAll
    static void start() {
        engine = new EngineUnderTest(TestDatabase.create("WIN1252", ""));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void keepsTheConnectionAfterAResultThatIsTooLarge() {
        // Given a connection in the cache
        String before = engine.scalar(CONNECTION).json();

        // When a result is too large, with more rows to come
        Answer refused = engine.reader(OVERSIZED);

        // Then the connection is as good as before
        assertThat(refused.failure().type()).isEqualTo(ErrorType.HTTP);
        assertThat(engine.scalar(CONNECTION).json()).isEqualTo(before);
    }

    @Test
    void refusesEachOfManyAtOnce() {
        // When several integrators' results are too large at the same time
        List<CompletableFuture<Answer>> running = IntStream.range(0, 12)
                .mapToObj(i -> Background.supply(() -> engine.reader(OVERSIZED)))
                .toList();

        // Then each is refused, and the server answers
        assertThat(running)
                .allSatisfy(answer -> assertThat(answer.join().failure().type()).isEqualTo(ErrorType.HTTP));
        assertThat(engine.scalar(CONNECTION).json()).startsWith("[{\"C\":");
    }
}
