package dev.halo.link.execution;

import java.io.IOException;

/** The sink could not keep a page. */
final class SinkFailed extends IOException {

    private static final long serialVersionUID = 1L;

    SinkFailed(IOException cause) {
        super("a page could not be kept", cause);
    }
}
