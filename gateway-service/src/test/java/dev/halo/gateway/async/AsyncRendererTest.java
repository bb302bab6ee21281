package dev.halo.gateway.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.page.PageInfo;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AsyncRendererTest {

    private static final Instant LATER = Queries.CREATED.plusSeconds(5);

    @Test
    void aStageEndsWhereTheNextReportedOneBegins() {
        AsyncQuery query = Queries.query(AsyncStatus.EXECUTION_FAILED, false, draft -> {
            draft.queuedAt = null;
            draft.executingAt = LATER;
            draft.completedAt = LATER.plusSeconds(1);
        });

        AsyncQueryJson json = AsyncRenderer.object(query, List.of(), false);

        assertThat(json.statusTiming().initialising()).isEqualTo(new AsyncQueryJson.Period(Queries.CREATED, LATER));
        assertThat(json.statusTiming().queued()).isNull();
        assertThat(json.statusTiming().executing()).isEqualTo(new AsyncQueryJson.Period(LATER, LATER.plusSeconds(1)));
        assertThat(json.errorCode()).isEqualTo(1002);
        assertThat(json.errorDetails().errorType()).isEqualTo("haloLink");
    }

    @Test
    void pagesThatAreNotThereYetAreQueued() {
        AsyncQuery query = Queries.query(
                AsyncStatus.UPLOADING, false, draft -> draft.result = AsyncResult.ofRows(5, 100, 3, List.of()));

        AsyncQueryJson json = AsyncRenderer.object(query, List.of(new PageInfo(2, 2, 2, 40, 20)), false);

        assertThat(json.result().pages())
                .extracting(AsyncQueryJson.Page::status)
                .containsExactly("queued", "cached", "queued");
        assertThat(json.result().pages().get(1).rows()).isEqualTo(new AsyncQueryJson.Rows(2, 2, 3));
        assertThat(json.resultSize()).isNull();
    }

    @Test
    void ofAResultThatIsGoneTheCountsRemain() {
        AsyncQuery query = Queries.query(
                AsyncStatus.SUCCESSFUL, false, draft -> draft.result = AsyncResult.ofRows(5, 100, 3, List.of()));

        AsyncQueryJson json = AsyncRenderer.object(query, List.of(), true);

        assertThat(json.result().pages()).isEmpty();
        assertThat(json.result().rows()).isEqualTo(5);
        assertThat(json.resultSize()).isEqualTo(100);
    }

    @Test
    void aNonQueryHasACountAndNoPages() {
        AsyncQuery query = Queries.query(
                AsyncStatus.SUCCESSFUL, true, draft -> draft.result = AsyncResult.ofAffected(3, List.of()));

        AsyncQueryJson json = AsyncRenderer.object(query, List.of(), false);

        assertThat(json.result().rowsAffected()).isEqualTo(3);
        assertThat(json.result().rows()).isNull();
        assertThat(json.result().pages()).isEmpty();
    }
}
