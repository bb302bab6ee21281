package dev.halo.routing.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WriteBudgetTest {

    private final WriteBudget budget = new WriteBudget(100);

    @Test
    void aMessageIsTakenWhileFewerBytesWait() {
        // Given
        budget.take(99);

        // When
        boolean taken = budget.take(50);

        // Then
        assertThat(taken).isTrue();
        assertThat(budget.take(1)).isFalse();
        assertThat(budget.taken()).isEqualTo(149);
    }

    @Test
    void whatWasWrittenMakesRoom() {
        // Given
        budget.take(100);
        budget.give(100);

        // When
        boolean taken = budget.take(1);

        // Then
        assertThat(taken).isTrue();
    }
}
