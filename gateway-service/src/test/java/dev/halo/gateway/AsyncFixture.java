package dev.halo.gateway;

import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.AsyncSite;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.FakeLink;
import dev.halo.gateway.fake.Fakes;
import io.quarkus.test.common.http.TestHTTPResource;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An integrator that is enabled at a site of its own, for the tests of async queries. */
abstract class AsyncFixture {

    static final String SELECT = "{\"command\":{\"text\":\"select * from PATIENTS\"}}";
    static final String UPDATE =
            "{\"command\":{\"text\":\"update APPOINTMENTS set NOTE = 'x'\",\"executionMode\":\"nonQuery\"}}";

    final FakeCloud cloud = Fakes.shared().cloud();

    @TestHTTPResource("/")
    URI base;

    AsyncSite at;
    FakeCloud.Site site;
    Api api;
    FakeLink link;

    @BeforeEach
    void enableAnIntegratorAtASite() {
        at = AsyncSite.enabled(base);
        site = at.site();
        api = at.api();
        link = new FakeLink(base);
    }

    @AfterEach
    void endWhatIsLeft() {
        at.close();
    }
}
