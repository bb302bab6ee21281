package dev.halo.registry.access;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;

/** Who calls an operation that needs a role. */
@RequestScoped
public class Callers {

    private static final int MAX_NAME_CHARS = 255;

    private final SecurityIdentity identity;

    public Callers(SecurityIdentity identity) {
        this.identity = identity;
    }

    public Actor operator() {
        return Actor.operator(name());
    }

    public Actor service() {
        return Actor.service(name());
    }

    private String name() {
        String name = identity.getPrincipal().getName();
        if (name == null || name.isBlank()) {
            return "unnamed";
        }
        return name.length() > MAX_NAME_CHARS ? name.substring(0, MAX_NAME_CHARS) : name;
    }
}
