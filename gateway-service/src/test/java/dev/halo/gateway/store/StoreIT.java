package dev.halo.gateway.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.halo.gateway.fake.GatewayResources;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of rows that a real database or its driver will not have. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class StoreIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Inject
    Store store;

    @Test
    void valuesThatTheDriverCannotCarryAreToldFromADatabaseThatIsAway() {
        await().until(store::isReady);

        assertThatThrownBy(() -> inserted("select $1::bigint", "not a number"))
                .hasCauseInstanceOf(Store.NotSent.class)
                .hasMessageNotContaining("not a number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"select 1 / length($1::text) - 1 / (length($1::text) - 1)", "select $1::text::bigint"})
    void valuesThatTheDatabaseJudgesAreRefused(String sql) {
        await().until(store::isReady);

        assertThatThrownBy(() -> inserted(sql, "x")).hasCauseInstanceOf(Store.RowRefused.class);
    }

    private void inserted(String sql, Object value) {
        store.insert(sql, List.of(Tuple.of(value)), TIMEOUT)
                .toCompletableFuture()
                .join();
    }
}
