package dev.halo.protocol.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.golden.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryRequestTest {

    @Test
    void lessTimeToWaitChangesNothingElse() {
        QueryRequest request = Samples.request();

        assertThat(request.withQueueMillis(5).withQueueMillis(request.queueMillis()))
                .isEqualTo(request);
        assertThat(request.withQueueMillis(-5).queueMillis()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 32})
    void aReplySlotIsASlotOrNone(int slot) {
        assertThatThrownBy(() -> QueryRequest.requireReplySlot(slot)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 31})
    void theBoundsOfAReplySlotAreIncluded(int slot) {
        assertThatCode(() -> QueryRequest.requireReplySlot(slot)).doesNotThrowAnyException();
    }
}
