package dev.halo.gateway.view;

import dev.halo.gateway.error.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Keeps answers from memory from being behind the registry. */
@FunctionalInterface
public interface Freshness {

    /** Completes when the views have read all that was published by now, or when that takes too long; never fails. */
    CompletionStage<Void> catchUp();

    /**
     * Makes a check that answers from the views. One that refuses is made again after the views have caught up, so that
     * nobody is turned away by a record that is still on its way.
     *
     * @param check gives its result or throws {@link Refusal}; runs at once, and perhaps again when the views have caught up
     * @return the result, or the refusal; completed already unless the views had to catch up
     */
    default <T> CompletionStage<T> checked(Supplier<T> check) {
        try {
            return CompletableFuture.completedFuture(check.get());
        } catch (Refusal refusal) {
            return refusal.mayBeStale()
                    ? catchUp().thenApply(caughtUp -> check.get())
                    : CompletableFuture.failedFuture(refusal);
        }
    }
}
