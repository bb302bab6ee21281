package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.EngineUnderTest.Answer;
import dev.halo.link.testing.EngineUnderTest.Whole;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.CommandType;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import dev.halo.protocol.query.QueryBounds;
import dev.halo.protocol.query.QueryMode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Large results: their bounds, their pages, and the memory that they take. */
class ResultsIT {

    private static final int PAGE = 1024 * 1024;
    private static final String WIDE =
            "select cast(@p as varchar(1000)) as W from rdb$fields a, rdb$fields b, rdb$fields c";

    private static TestDatabase database;
    private static EngineUnderTest engine;

    @BeforeAll
    static void start() throws SQLException {
        database = TestDatabase.create("WIN1252", """
                create table T (ID integer);
                create table BLOBS (B blob sub_type text);
                set term ^;
                create procedure FILL (N integer) returns (ID integer, W varchar(8000))
                as begin
                  id = 0; w = rpad('', 8000, 'w');
                  while (id < n) do begin id = id + 1; insert into t values (:id); suspend; end
                end^
                create procedure HUGE returns (A integer, W blob sub_type text)
                as begin insert into t values (-1); select first 1 b from blobs into :w; a = 1; end^
                set term ;^
                grant all on T to role HALO_INTEGRATOR;
                grant all on BLOBS to role HALO_INTEGRATOR;
                grant execute on procedure FILL to role HALO_INTEGRATOR; grant all on T to procedure FILL;
                grant execute on procedure HUGE to role HALO_INTEGRATOR;
                grant all on T to procedure HUGE; grant all on BLOBS to procedure HUGE;
                """);
        try (Connection connection = database.connect();
                PreparedStatement insert = connection.prepareStatement("insert into BLOBS values (?)")) {
            insert.setString(1, "x".repeat(QueryBounds.MAX_ROW_BYTES + 1));
            insert.execute();
        }
        engine = new EngineUnderTest(database);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void keepsTheBoundOfAnImmediateResultToTheByte() {
        // Each row is {"W":"…"} and a comma: 1 + 7 + 1 bytes round the text, and two brackets less a comma in all.
        int rows = 8_000;
        int text = (int) (QueryBounds.MAX_IMMEDIATE_RESULT_BYTES / rows) - 9;
        long rest = QueryBounds.MAX_IMMEDIATE_RESULT_BYTES - ((long) rows * (text + 9) + 1);

        Answer fits = engine.reader(first(rows, text, rest));
        Answer tooLarge = engine.reader(first(rows, text, rest + 1));

        assertThat(fits.rows().bytes()).isEqualTo(QueryBounds.MAX_IMMEDIATE_RESULT_BYTES);
        assertThat(fits.json()).hasSize((int) QueryBounds.MAX_IMMEDIATE_RESULT_BYTES);
        assertThat(tooLarge.failure().type()).isEqualTo(ErrorType.HTTP);
        assertThat(tooLarge.failure().code()).isEqualTo(413);
        assertThat(tooLarge.failure().message()).doesNotContain("committed");
    }

    /** Rows of equal length, the last one longer by the rest. */
    private static String first(int rows, int text, long rest) {
        return "select first " + rows + " cast(rpad('', " + text + " + iif(N = " + rows + ", " + rest
                + ", 0), 'x') as varchar(20000)) as W from (select row_number() over () as N from rdb$fields a,"
                + " rdb$fields b) order by N";
    }

    @Test
    void commitsAWriteWhoseResultIsTooLargeAndSaysSo() {
        Answer answer = engine.procedure(
                ExecutionMode.READER, "FILL", new Parameter("n", Direction.INPUT, ParameterType.INT, "1500", null));

        assertThat(answer.failure().code()).isEqualTo(413);
        assertThat(answer.failure().message()).contains("committed");
        assertThat(database.value("select count(*) from T where ID > 0")).isEqualTo("1500");
    }

    @Test
    void refusesARowThatIsTooLarge() {
        Answer read = runAsync(new Command("select B from BLOBS", null, null, null));
        Answer write = runAsync(new Command("HUGE", null, CommandType.STORED_PROCEDURE, null));

        assertThat(read.failure().is(LinkErrorCode.ROW_TOO_LARGE)).isTrue();
        assertThat(read.failure().message()).doesNotContain("committed");
        assertThat(write.failure().is(LinkErrorCode.ROW_TOO_LARGE)).isTrue();
        assertThat(write.failure().message()).contains("committed");
        assertThat(database.value("select count(*) from T where ID = -1")).isEqualTo("1");
    }

    @Test
    void failsAQueryWhosePagesCannotBeKept() {
        RowSink full = new RowSink() {
            @Override
            public long pageBytes() {
                return PAGE;
            }

            @Override
            public void page(ResultPage page) throws IOException {
                throw new IOException("no space left");
            }
        };
        Execution execution =
                engine.execution(EngineUnderTest.text(ExecutionMode.READER, "select 1 from rdb$database"));

        ExecutionResult result = engine.engine().run(execution, full, EngineUnderTest.OPEN, new CancelToken());

        assertThat(((ExecutionResult.Failed) result).failure().is(LinkErrorCode.INTERNAL))
                .isTrue();
        assertThat(((ExecutionResult.Failed) result).failure().message()).doesNotContain("space");
    }

    @Test
    void cutsPagesOfWholeRowsAndTakesNoMoreMemoryForMoreRows() {
        PageCheck check = new PageCheck();
        Command command = EngineUnderTest.text(
                ExecutionMode.READER,
                WIDE.replace("select", "select first 120000"),
                new Parameter("p", Direction.INPUT, ParameterType.VARCHAR, "w".repeat(1000), null));
        Execution execution =
                new Execution(database.site(), database.login(), command, ExecutionLimits.of(QueryMode.ASYNC));

        ExecutionResult result = engine.engine().run(execution, check, EngineUnderTest.OPEN, new CancelToken());

        assertThat(result).isInstanceOf(ExecutionResult.Rows.class);
        ExecutionResult.Rows rows = (ExecutionResult.Rows) result;
        assertThat(rows.rows()).isEqualTo(120_000).isEqualTo(check.rows);
        assertThat(rows.bytes()).isEqualTo(check.bytes).isGreaterThan(120_000_000);
        assertThat(check.pages).isGreaterThan(100);
        assertThat(check.mostHeap - check.firstHeap).isLessThan(24L * PAGE);
    }

    private static Answer runAsync(Command command) {
        Execution execution =
                new Execution(database.site(), database.login(), command, ExecutionLimits.of(QueryMode.ASYNC));
        Whole sink = new Whole();
        return new Answer(engine.engine().run(execution, sink, EngineUnderTest.OPEN, new CancelToken()), sink.json());
    }

    /** Checks that the pages follow each other, and what the heap holds after a collection now and then. */
    private static final class PageCheck implements RowSink {
        private int pages;
        private long rows;
        private long bytes;
        private long firstHeap;
        private long mostHeap;

        @Override
        public long pageBytes() {
            return PAGE;
        }

        @Override
        public void page(ResultPage page) {
            assertThat(page.number()).isEqualTo(++pages);
            assertThat(page.firstRow()).isEqualTo(rows);
            assertThat(page.length()).isLessThanOrEqualTo(PAGE);
            assertThat((char) page.buffer()[0]).isEqualTo('[');
            assertThat((char) page.buffer()[page.length() - 1]).isEqualTo(']');
            rows += page.rows();
            bytes += page.length();
            if (pages % 25 == 5) {
                System.gc();
                long used =
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
                firstHeap = firstHeap == 0 ? used : firstHeap;
                mostHeap = Math.max(mostHeap, used);
            }
        }
    }

    @Test
    void leavesNoStatementBehind() {
        // A connection that an earlier test has opened may be too old to be kept after this query; then the next is
        // new.
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            assertThat(engine.reader("select * from T where ID = -5").json()).isEqualTo("[]");
            return engine.engine().openConnections() > 0;
        });

        assertThat(database.integratorStatements()).isZero();
        assertThat(List.of(database.value("select count(*) from mon$transactions t join mon$attachments a"
                        + " on a.mon$attachment_id = t.mon$attachment_id where a.mon$user starting with 'H_'")))
                .containsExactly("0");
    }
}
