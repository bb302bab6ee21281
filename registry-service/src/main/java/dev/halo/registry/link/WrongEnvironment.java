package dev.halo.registry.link;

import dev.halo.protocol.site.Environment;
import dev.halo.registry.error.ApiException;

/** The answer to a Link of the other environment. */
public final class WrongEnvironment {

    private WrongEnvironment() {}

    public static ApiException of(Environment theirs, Environment ours) {
        return ApiException.forbidden(
                "This is " + ours.wire() + "; a Link that was installed for " + theirs.wire() + " cannot use it.");
    }
}
