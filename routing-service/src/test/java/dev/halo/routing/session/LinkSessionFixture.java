package dev.halo.routing.session;

import org.junit.jupiter.api.AfterEach;

/** A bridge of its own for each test. */
abstract class LinkSessionFixture {

    SessionFixture bridge = new SessionFixture();

    @AfterEach
    void close() {
        bridge.close();
    }
}
