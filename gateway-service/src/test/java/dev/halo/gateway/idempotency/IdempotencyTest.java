package dev.halo.gateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.gateway.config.IdempotencyConfig;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.store.Store;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class IdempotencyTest {

    private final Idempotency withoutStore = new Idempotency(
            new Store(null, () -> false),
            new SmallRyeConfigBuilder()
                    .addDiscoveredConverters()
                    .addDefaultInterceptors()
                    .withMapping(IdempotencyConfig.class)
                    .build()
                    .getConfigMapping(IdempotencyConfig.class));

    private final IdempotentRequest request =
            new IdempotentRequest(UUID.randomUUID(), UUID.randomUUID(), "key-of-the-integrator", "fingerprint");

    @Test
    void withoutTheStoreNothingIsBegun() {
        assertThatThrownBy(() -> withoutStore
                        .begin(request, UUID.randomUUID())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
                    assertThat(refusal.retryAfter()).isPresent();
                });
    }

    @Test
    void aKeyIsNotShown() {
        assertThat(request.toString()).doesNotContain("key-of-the-integrator");
    }
}
