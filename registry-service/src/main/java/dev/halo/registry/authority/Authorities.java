package dev.halo.registry.authority;

import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.command.Command;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.site.PmsKey;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which Link is authoritative for which PMS ID, as steps of a command. */
@ApplicationScoped
public class Authorities {

    private static final String FIRST = """
            insert into registry.authority (pms_type, pms_id, link_id, site_id, since, version)
            values (:pmsType, :pmsId, :link, :site, :since, 1)
            on conflict (pms_type, pms_id) do nothing
            """;

    /**
     * Gives a Link the PMS IDs that no Link was ever authoritative for; where it is authoritative already, makes it
     * answer through the given sites. The database decides between Links that come at the same time.
     *
     * @param sites the Link's active sites by PMS ID, already written
     * @return the PMS IDs of these for which the Link is authoritative, with the site that answers
     */
    public Uni<Map<PmsKey, UUID>> claim(Command command, UUID linkId, Map<PmsKey, UUID> sites) {
        if (sites.isEmpty()) {
            return Uni.createFrom().item(Map.of());
        }
        SortedMap<PmsKey, UUID> inOrder = new TreeMap<>(sites);
        return lock(command, inOrder.keySet())
                .call(existing -> Multi.createFrom()
                        .iterable(inOrder.keySet())
                        .filter(pmsKey -> !existing.containsKey(pmsKey))
                        .onItem()
                        .transformToUniAndConcatenate(
                                pmsKey -> claimFirst(command, linkId, pmsKey, inOrder.get(pmsKey)))
                        .collect()
                        .asList())
                .flatMap(existing -> existing.size() == inOrder.size()
                        ? Uni.createFrom().item(existing)
                        : lock(command, inOrder.keySet()))
                .map(all -> answering(command, linkId, inOrder, all));
    }

    private static Map<PmsKey, UUID> answering(
            Command command, UUID linkId, Map<PmsKey, UUID> sites, Map<PmsKey, Authority> all) {
        Map<PmsKey, UUID> answering = new TreeMap<>();
        sites.forEach((pmsKey, siteId) -> {
            Authority authority = all.get(pmsKey);
            if (!linkId.equals(authority.linkId())) {
                return;
            }
            if (!siteId.equals(authority.siteId())) {
                authority.moveWithinLink(siteId);
                publish(command, authority, "another site of the same Link answers");
            }
            answering.put(pmsKey, siteId);
        });
        return answering;
    }

    private Uni<Boolean> claimFirst(Command command, UUID linkId, PmsKey pmsKey, UUID siteId) {
        return command.session()
                .createNativeQuery(FIRST)
                .setParameter("pmsType", pmsKey.pmsType().name())
                .setParameter("pmsId", pmsKey.pmsId())
                .setParameter("link", linkId)
                .setParameter("site", siteId)
                .setParameter("since", command.at())
                .executeUpdate()
                .flatMap(inserted -> inserted == 0
                        ? Uni.createFrom().item(false)
                        : lock(command, List.of(pmsKey))
                                .invoke(found ->
                                        publish(command, found.get(pmsKey), "the first Link entitled to this PMS ID"))
                                .replaceWith(true));
    }

    private static void publish(Command command, Authority authority, String reason) {
        command.publish(Publication.of(authority.toRecord()));
        command.audit(AuditEntry.of(
                AuditAction.AUTHORITY_ASSIGNED,
                SubjectKind.PMS_ID,
                authority.pmsKey(),
                reason,
                Map.of("linkId", authority.linkId(), "siteId", authority.siteId())));
    }

    /**
     * The rows of these PMS IDs, locked in one order for everybody. Who needs locks of Links takes those before, in the
     * order of their GUIDs.
     */
    public Uni<Map<PmsKey, Authority>> lock(Command command, Collection<PmsKey> pmsKeys) {
        return command.session()
                .createSelectionQuery("from Authority where pmsId in :pmsIds order by pmsType, pmsId", Authority.class)
                .setParameter("pmsIds", pmsKeys.stream().map(PmsKey::pmsId).toList())
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList()
                .map(list -> list.stream()
                        .filter(authority -> pmsKeys.contains(authority.pmsKey()))
                        .collect(Collectors.toMap(Authority::pmsKey, Function.identity())));
    }
}
