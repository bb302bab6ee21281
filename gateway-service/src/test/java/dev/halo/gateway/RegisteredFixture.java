package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.RegisteredLink;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.LinkErrorCode;
import io.quarkus.test.common.http.TestHTTPResource;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;

/** An integrator at a site of its own with a Link that is played, for the tests of registered queries. */
abstract class RegisteredFixture {

    static final String BODY = """
            {"name":"Waiting room","registeredQueryType":"query","frequency":60,"duration":120,
             "registerCommand":{"command":{"text":"select * from WAITING"}}}""";

    static final String ROWS = "[{\"NAME\":\"Ånn\"}]";
    static final String OTHER_ROWS = "[{\"NAME\":\"Ann\"},{\"NAME\":\"Bob\"}]";

    final FakeCloud cloud = Fakes.shared().cloud();

    @TestHTTPResource("/")
    URI base;

    FakeCloud.Integrator integrator;
    FakeCloud.Site site;
    Api api;
    RegisteredLink link;

    @BeforeEach
    void enableAnIntegratorAtASite() {
        integrator = cloud.integrator();
        site = cloud.site();
        cloud.pair(integrator, site, true);
        cloud.enable(integrator, site, true);
        api = new Api(base, integrator.key());
        link = new RegisteredLink(base, site);
    }

    UUID register() {
        Api.Answer answer = api.post(path(), BODY);
        assertThat(answer.status()).isEqualTo(202);
        UUID id = UUID.fromString(answer.json().path("id").asText());
        assertThat(answer.header("Location")).isEqualTo(path(id));
        return id;
    }

    void awaitCounts(UUID id, int succeeded, int failed) {
        Awaitility.await().until(() -> {
            var metrics = get(id).json().path("metrics");
            return metrics.path("executionSucceededCount").asInt() == succeeded
                    && metrics.path("executionFailedCount").asInt() == failed;
        });
    }

    void awaitCancel(UUID id, LinkErrorCode cause) {
        Awaitility.await().until(() -> cancels(id, cause) > 0);
    }

    long cancels(UUID id, LinkErrorCode cause) {
        return Fakes.shared().bridge().cancels().stream()
                .filter(one -> one.equals(new CancelRequest(id, site.id(), cause)))
                .count();
    }

    Api.Answer get(UUID id) {
        return api.get(path(id));
    }

    Api.Answer delete(UUID id) {
        return api.send(api.request(path(id)).DELETE());
    }

    String path() {
        return "/integrator/sites/" + site.id() + "/queries/registered";
    }

    String path(UUID id) {
        return path() + "/" + id;
    }

    static String rows(Api.Answer result) {
        return new String(Base64.getDecoder().decode(result.json().path("data").asText()), StandardCharsets.UTF_8);
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
