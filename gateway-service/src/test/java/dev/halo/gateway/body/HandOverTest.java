package dev.halo.gateway.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.smallrye.mutiny.subscription.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class HandOverTest {

    private final CompletableFuture<String> work = new CompletableFuture<>();
    private final List<String> taken = new ArrayList<>();
    private final List<String> abandoned = new ArrayList<>();

    @Test
    void whoWaitsGetsIt() {
        HandOver.of(() -> work, abandoned::add).subscribe().with(taken::add);

        work.complete("rows");

        assertThat(taken).containsExactly("rows");
        assertThat(abandoned).isEmpty();
    }

    @Test
    void whatComesAfterTheCallerHasHungUpIsGivenBack() {
        Cancellable caller = HandOver.of(() -> work, abandoned::add).subscribe().with(taken::add);

        caller.cancel();
        work.complete("rows");

        assertThat(taken).isEmpty();
        assertThat(abandoned).containsExactly("rows");
    }

    @Test
    void aFailureIsTheCallersOwn() {
        IllegalStateException failure = new IllegalStateException("away");
        work.completeExceptionally(new CompletionException(failure));

        Throwable seen = catchThrowable(
                () -> HandOver.of(() -> work, abandoned::add).await().indefinitely());

        assertThat(seen).isSameAs(failure);
        assertThat(abandoned).isEmpty();
    }
}
