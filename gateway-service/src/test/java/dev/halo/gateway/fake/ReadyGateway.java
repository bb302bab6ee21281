package dev.halo.gateway.fake;

import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.http.TestHTTPResourceManager;
import io.quarkus.test.junit.callback.QuarkusTestBeforeEachCallback;
import io.quarkus.test.junit.callback.QuarkusTestMethodContext;
import java.net.URI;
import java.time.Duration;

/** Has the first test after a start wait until the gateway has loaded what it needs; until then it answers 503. */
public final class ReadyGateway implements QuarkusTestBeforeEachCallback {

    private static URI ready;

    @Override
    public void beforeEach(QuarkusTestMethodContext context) {
        URI base = URI.create(TestHTTPResourceManager.getUri());
        if (base.equals(ready)) {
            return;
        }
        Api api = new Api(base, null);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.send(api.request("/q/health/ready"), false).status() == 200);
        ready = base;
    }
}
