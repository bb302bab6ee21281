package dev.halo.registry.pairing;

import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.command.Command;
import dev.halo.registry.outbox.Publication;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What practices have enabled, as steps of a command. */
@ApplicationScoped
public class Enablements {

    /**
     * Makes the enablements of sites exactly what was reported. The caller holds the lock of the sites' Link.
     *
     * @param reported the enabled integrators by site; a site with none has an empty set
     * @param versionFloor the versions of new ones begin above this
     */
    public Uni<Void> replace(Command command, Map<UUID, Set<UUID>> reported, long versionFloor) {
        if (reported.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return command.session()
                .createSelectionQuery("from Enablement where siteId in :sites", Enablement.class)
                .setParameter("sites", List.copyOf(reported.keySet()))
                .getResultList()
                .map(existing -> apply(command, reported, existing, versionFloor))
                .flatMap(added -> added.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : command.session().persistAll(added.toArray()));
    }

    private static List<Enablement> apply(
            Command command, Map<UUID, Set<UUID>> reported, List<Enablement> existing, long versionFloor) {
        Set<Enablement.Key> known = new HashSet<>();
        for (Enablement enablement : existing) {
            known.add(new Enablement.Key(enablement.siteId(), enablement.integratorId()));
            boolean now = reported.get(enablement.siteId()).contains(enablement.integratorId());
            if (now != enablement.isActive()) {
                enablement.change(now, command.at());
                changed(command, enablement);
            }
        }
        List<Enablement> added = new ArrayList<>();
        reported.forEach((siteId, integrators) -> integrators.stream()
                .filter(integratorId -> !known.contains(new Enablement.Key(siteId, integratorId)))
                .map(integratorId -> Enablement.reported(siteId, integratorId, command.at(), versionFloor + 1))
                .forEach(enablement -> {
                    added.add(enablement);
                    changed(command, enablement);
                }));
        return added;
    }

    private static void changed(Command command, Enablement enablement) {
        command.publish(Publication.of(enablement.toFact()));
        command.audit(AuditEntry.of(
                enablement.isActive() ? AuditAction.ENABLED : AuditAction.DISABLED,
                SubjectKind.SITE,
                enablement.siteId(),
                null,
                Map.of("integratorId", enablement.integratorId())));
    }
}
