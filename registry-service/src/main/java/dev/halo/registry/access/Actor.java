package dev.halo.registry.access;

import java.util.Objects;
import java.util.UUID;

/**
 * Who a change is done for, as the audit shows it.
 *
 * @param name of a person or service as the issuer of its token calls it, or the Link GUID
 */
public record Actor(Kind kind, String name) {

    /** What sort of actor. */
    public enum Kind {
        OPERATOR,
        SERVICE,
        LINK,
        /** A caller who could not be identified yet, such as a Link that enrols. */
        ANONYMOUS
    }

    public Actor {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
    }

    public static Actor operator(String name) {
        return new Actor(Kind.OPERATOR, name);
    }

    public static Actor service(String name) {
        return new Actor(Kind.SERVICE, name);
    }

    public static Actor link(UUID linkId) {
        return new Actor(Kind.LINK, linkId.toString());
    }

    public static Actor anonymous() {
        return new Actor(Kind.ANONYMOUS, "anonymous");
    }
}
