package dev.halo.gateway.body;

import io.smallrye.mutiny.Uni;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Hands something that must be closed to whoever answers the caller. A caller who hangs up ends the waiting, not the
 * work, and what the work gives afterwards would belong to nobody.
 */
public final class HandOver {

    private HandOver() {}

    /**
     * What the work gives.
     *
     * @param abandoned takes what came when nobody waited for it any more
     */
    public static <T> Uni<T> of(Supplier<CompletionStage<T>> work, Consumer<T> abandoned) {
        return Uni.createFrom().deferred(() -> {
            AtomicBoolean taken = new AtomicBoolean();
            return Uni.createFrom()
                    .<T>emitter(caller -> work.get().whenComplete((given, failure) -> {
                        if (failure != null) {
                            caller.fail(cause(failure));
                            return;
                        }
                        caller.complete(given);
                        if (!taken.get()) {
                            abandoned.accept(given);
                        }
                    }))
                    .onItem()
                    .invoke(given -> taken.set(true));
        });
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
