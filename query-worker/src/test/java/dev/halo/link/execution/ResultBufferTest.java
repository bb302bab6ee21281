package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryBounds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultBufferTest {

    private record Kept(int number, String json, long firstRow, int rows) {}

    private static final class Pages implements RowSink {
        private final long pageBytes;
        private final List<Kept> kept = new ArrayList<>();

        Pages(long pageBytes) {
            this.pageBytes = pageBytes;
        }

        @Override
        public long pageBytes() {
            return pageBytes;
        }

        @Override
        public void page(ResultPage page) {
            kept.add(new Kept(
                    page.number(),
                    new String(page.buffer(), 0, page.length(), StandardCharsets.UTF_8),
                    page.firstRow(),
                    page.rows()));
        }
    }

    @Test
    void givesOnePageForAResultWithoutRows() throws IOException {
        Pages pages = new Pages(Long.MAX_VALUE);

        ResultBuffer buffer = write(pages, Long.MAX_VALUE);

        assertThat(pages.kept).containsExactly(new Kept(1, "[]", 0, 0));
        assertThat(buffer.bytes()).isEqualTo(2);
    }

    @Test
    void cutsBetweenRowsBeforeAPageIsTooLong() throws IOException {
        Pages pages = new Pages(9);

        ResultBuffer buffer = write(pages, Long.MAX_VALUE, "{1}", "{2}", "{3}", "{long row}", "{4}");

        assertThat(pages.kept)
                .containsExactly(
                        new Kept(1, "[{1},{2}]", 0, 2),
                        new Kept(2, "[{3}]", 2, 1),
                        new Kept(3, "[{long row}]", 3, 1),
                        new Kept(4, "[{4}]", 4, 1));
        assertThat(buffer.rows()).isEqualTo(5);
        assertThat(buffer.bytes()).isEqualTo(9 + 5 + 12 + 5);
    }

    @Test
    void givesNoEmptyPageBehindTheLastRow() throws IOException {
        Pages pages = new Pages(5);

        write(pages, Long.MAX_VALUE, "{1}", "{long row}");

        assertThat(pages.kept).hasSize(2);
    }

    @Test
    void keepsTheBoundOfTheResultToTheByte() throws IOException {
        write(new Pages(Long.MAX_VALUE), 9, "{1}", "{2}");

        assertThatThrownBy(() -> write(new Pages(Long.MAX_VALUE), 8, "{1}", "{2}"))
                .isInstanceOfSatisfying(ResultOverflow.class, e -> {
                    assertThat(e.failure(false).type()).isEqualTo(ErrorType.HTTP);
                    assertThat(e.failure(false).code()).isEqualTo(413);
                    assertThat(e.failure(true).message()).contains("committed");
                });
    }

    @Test
    void countsAllPagesTowardsTheBoundOfTheResult() {
        assertThatThrownBy(() -> write(new Pages(5), 12, "{1}", "{2}", "{3}")).isInstanceOf(ResultOverflow.class);
    }

    @Test
    void refusesARowOverItsBound() throws IOException {
        ResultBuffer buffer = new ResultBuffer(new Pages(1024), Long.MAX_VALUE);
        byte[] mebibyte = new byte[1024 * 1024];
        buffer.startRow();

        assertThatThrownBy(() -> {
                    for (int i = 0; i <= QueryBounds.MAX_ROW_BYTES / mebibyte.length; i++) {
                        buffer.write(mebibyte);
                    }
                })
                .isInstanceOfSatisfying(
                        ResultOverflow.class, e -> assertThat(e.failure(false).is(LinkErrorCode.ROW_TOO_LARGE))
                                .isTrue());
    }

    @Test
    void dropsWhatFollowsADiscard() throws IOException {
        Pages pages = new Pages(Long.MAX_VALUE);
        ResultBuffer buffer = new ResultBuffer(pages, Long.MAX_VALUE);

        buffer.discard();
        buffer.startRow();
        buffer.write("{1}".getBytes(StandardCharsets.UTF_8));
        buffer.endRow();
        buffer.finish();

        assertThat(pages.kept).isEmpty();
    }

    private static ResultBuffer write(RowSink sink, long maxBytes, String... rows) throws IOException {
        ResultBuffer buffer = new ResultBuffer(sink, maxBytes);
        for (String row : rows) {
            buffer.startRow();
            buffer.write(row.getBytes(StandardCharsets.UTF_8));
            buffer.endRow();
        }
        buffer.finish();
        return buffer;
    }
}
