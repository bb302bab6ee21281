package dev.halo.registry.authority;

import dev.halo.registry.command.Command;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A switch that an operator made. What moved with it are its {@link AuthorityChange}s. */
@Entity
@Table(name = "authority_switch")
public class AuthoritySwitch {

    @Id
    @Column(name = "switch_id")
    private UUID id;

    @Column(name = "from_link_id")
    private UUID fromLinkId;

    @Column(name = "to_link_id")
    private UUID toLinkId;

    private String reason;

    @Column(name = "switched_by")
    private String switchedBy;

    @Column(name = "switched_at")
    private Instant switchedAt;

    protected AuthoritySwitch() {}

    static AuthoritySwitch made(Command command, UUID fromLinkId, UUID toLinkId, String reason) {
        AuthoritySwitch made = new AuthoritySwitch();
        made.id = UUID.randomUUID();
        made.fromLinkId = fromLinkId;
        made.toLinkId = toLinkId;
        made.reason = reason;
        made.switchedBy = command.actor().name();
        made.switchedAt = command.at();
        return made;
    }

    UUID id() {
        return id;
    }

    /** Who lost authority; null where the PMS IDs had no Link. */
    UUID fromLinkId() {
        return fromLinkId;
    }

    UUID toLinkId() {
        return toLinkId;
    }

    String reason() {
        return reason;
    }

    String switchedBy() {
        return switchedBy;
    }

    Instant switchedAt() {
        return switchedAt;
    }
}
