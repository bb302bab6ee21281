package dev.halo.registry.pairing;

import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.integrator.Integrator;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.site.Site;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.Map;
import java.util.UUID;

/** Pairs integrators with sites. */
@ApplicationScoped
public class Pairings {

    private final Commands commands;

    public Pairings(Commands commands) {
        this.commands = commands;
    }

    /**
     * Pairs; again is a no-op. Fails with 404 where the integrator or the site is not known, with 409 where the
     * integrator is suspended, the site is not active or the practice has not enabled the integrator.
     *
     * @return whether they were not paired before
     */
    public Uni<Boolean> pair(Actor service, UUID integratorId, UUID siteId) {
        return commands.execute("pair", service, command -> allowed(command, integratorId, siteId)
                .chain(() -> command.session()
                        .find(Pairing.class, new Pairing.Key(integratorId, siteId), LockModeType.PESSIMISTIC_WRITE))
                .flatMap(pairing -> pair(command, integratorId, siteId, pairing)));
    }

    private static Uni<Boolean> pair(Command command, UUID integratorId, UUID siteId, Pairing existing) {
        if (existing != null && existing.isActive()) {
            return Uni.createFrom().item(false);
        }
        Uni<Pairing> stored;
        if (existing == null) {
            stored = command.versionFloor()
                    .map(floor -> Pairing.created(integratorId, siteId, command.at(), floor + 1))
                    .call(created -> command.session().persist(created));
        } else {
            existing.activate();
            stored = Uni.createFrom().item(existing);
        }
        return stored.invoke(pairing -> {
                    command.publish(Publication.of(pairing.toFact()));
                    command.audit(AuditEntry.of(
                            AuditAction.PAIRED, SubjectKind.SITE, siteId, null, Map.of("integratorId", integratorId)));
                })
                .replaceWith(true);
    }

    /** Removes a pairing; the integrator may pair again. Fails with 404 where they are not paired. */
    Uni<Void> remove(Actor operator, UUID integratorId, UUID siteId, String reason, Precondition precondition) {
        return commands.execute("unpair", operator, command -> command.session()
                .find(Pairing.class, new Pairing.Key(integratorId, siteId), LockModeType.PESSIMISTIC_WRITE)
                .invoke(pairing -> {
                    if (pairing == null || !pairing.isActive()) {
                        throw ApiException.notFound(
                                "Integrator " + integratorId + " is not paired with site " + siteId + ".");
                    }
                    precondition.requires(pairing.version());
                    pairing.deactivate();
                    command.publish(Publication.of(pairing.toFact()));
                    command.audit(AuditEntry.of(
                            AuditAction.UNPAIRED,
                            SubjectKind.SITE,
                            siteId,
                            reason,
                            Map.of("integratorId", integratorId)));
                })
                .replaceWithVoid());
    }

    private static Uni<Void> allowed(Command command, UUID integratorId, UUID siteId) {
        return command.session()
                .find(Integrator.class, integratorId)
                .invoke(integrator -> {
                    if (integrator == null) {
                        throw ApiException.notFound("There is no integrator " + integratorId + ".");
                    }
                    if (!integrator.isActive()) {
                        throw ApiException.conflict("The integrator is suspended.");
                    }
                })
                .chain(() -> command.session().find(Site.class, siteId))
                .invoke(site -> mustBeActive(site, siteId))
                .chain(() -> command.session().find(Enablement.class, new Enablement.Key(siteId, integratorId)))
                .invoke(enablement -> {
                    if (enablement == null || !enablement.isActive()) {
                        throw ApiException.conflict("The practice has not enabled the integrator in Zedmed.");
                    }
                })
                .replaceWithVoid();
    }

    private static void mustBeActive(Site site, UUID siteId) {
        if (site == null || site.status() == SiteStatus.REMOVED || site.status() == SiteStatus.UNINSTALLED) {
            throw ApiException.notFound("There is no site " + siteId + ".");
        }
        if (site.status() != SiteStatus.ACTIVE) {
            throw ApiException.conflict("The site is " + site.status().wire() + ".");
        }
    }
}
