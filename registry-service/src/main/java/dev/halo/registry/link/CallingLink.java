package dev.halo.registry.link;

import dev.halo.registry.access.Actor;
import jakarta.enterprise.context.RequestScoped;
import java.util.Objects;
import java.util.UUID;

/** The Link whose token came with the request; only in operations that are {@link LinkAuthenticated}. */
@RequestScoped
public class CallingLink {

    private UUID id;

    void is(UUID linkId) {
        this.id = linkId;
    }

    public UUID id() {
        return Objects.requireNonNull(id, "the operation does not ask for a Link's token");
    }

    public Actor actor() {
        return Actor.link(id());
    }
}
