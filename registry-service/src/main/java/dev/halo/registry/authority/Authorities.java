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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which Link is authoritative for which PMS ID, as steps of a command. Each change is published, audited and kept as an
 * {@link AuthorityChange}. Who changes what a Link has or gets holds the lock of that Link.
 */
@ApplicationScoped
public class Authorities {

    private static final String FIRST = """
            insert into registry.authority (pms_type, pms_id, link_id, site_id, since, version)
            values (:pmsType, :pmsId, :link, :site, :since, :version)
            on conflict (pms_type, pms_id) do nothing
            """;

    /**
     * Whether a site answers for its PMS ID.
     *
     * @param version of the record of authority that says so
     */
    public record Answering(boolean authoritative, long version) {}

    private static final String FIRST_REASON = "the first Link entitled to this PMS ID";

    /**
     * Gives a Link the PMS IDs that no Link was ever authoritative for; where it is authoritative already, makes it
     * answer through the given sites. The database decides between Links that come at the same time. A PMS ID that was
     * left without a Link stays so until an operator chooses one.
     *
     * @param sites the Link's active sites by PMS ID, already written
     * @param reason why another site of the Link answers, where one does
     * @return what holds of these PMS IDs now, by the site that announced each
     */
    public Uni<Map<UUID, Answering>> claim(Command command, UUID linkId, Map<PmsKey, UUID> sites, String reason) {
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
                .flatMap(all -> answering(command, linkId, inOrder, all, reason));
    }

    private static Uni<Map<UUID, Answering>> answering(
            Command command, UUID linkId, Map<PmsKey, UUID> sites, Map<PmsKey, Authority> all, String reason) {
        Map<UUID, Answering> answering = new HashMap<>();
        List<AuthorityChange> changes = new ArrayList<>();
        sites.forEach((pmsKey, siteId) -> {
            Authority authority = all.get(pmsKey);
            boolean authoritative = linkId.equals(authority.linkId());
            if (authoritative && !siteId.equals(authority.siteId())) {
                UUID before = authority.siteId();
                authority.moveWithinLink(siteId);
                changes.add(changed(command, linkId, before, authority, AuthorityCause.CHOSEN, reason));
            }
            answering.put(siteId, new Answering(authoritative, authority.version()));
        });
        return command.session().persistAll(changes.toArray()).replaceWith(answering);
    }

    private Uni<Boolean> claimFirst(Command command, UUID linkId, PmsKey pmsKey, UUID siteId) {
        return command.versionFloor().flatMap(floor -> command.session()
                .createNativeQuery(FIRST)
                .setParameter("pmsType", pmsKey.pmsType().name())
                .setParameter("pmsId", pmsKey.pmsId())
                .setParameter("link", linkId)
                .setParameter("site", siteId)
                .setParameter("since", command.at())
                .setParameter("version", floor + 1)
                .executeUpdate()
                .flatMap(inserted -> inserted == 0
                        ? Uni.createFrom().item(false)
                        : lock(command, List.of(pmsKey))
                                .flatMap(found -> command.session()
                                        .persist(changed(
                                                command,
                                                null,
                                                null,
                                                found.get(pmsKey),
                                                AuthorityCause.FIRST,
                                                FIRST_REASON)))
                                .replaceWith(true)));
    }

    /**
     * Leaves PMS IDs without an authoritative Link.
     *
     * @param of which of those that the Link has
     * @param cause {@link AuthorityCause#REMOVED}, {@link AuthorityCause#UNINSTALLED} or {@link AuthorityCause#WITHDRAWN}
     * @return the PMS IDs that have none now
     */
    public Uni<List<PmsKey>> release(
            Command command, UUID linkId, Predicate<Authority> of, AuthorityCause cause, String reason) {
        return lockOf(command, linkId).flatMap(held -> {
            List<Authority> lost = held.stream().filter(of).toList();
            List<AuthorityChange> changes = new ArrayList<>();
            for (Authority authority : lost) {
                UUID before = authority.siteId();
                authority.release(command.at());
                changes.add(changed(command, linkId, before, authority, cause, reason));
            }
            return command.session()
                    .persistAll(changes.toArray())
                    .replaceWith(lost.stream().map(Authority::pmsKey).toList());
        });
    }

    /** Makes another Link's site authoritative; the caller has locked the row and both Links. */
    AuthorityChange move(Command command, Authority authority, UUID toLinkId, UUID toSiteId, String reason) {
        UUID fromLinkId = authority.linkId();
        UUID fromSiteId = authority.siteId();
        authority.moveTo(toLinkId, toSiteId, command.at());
        return changed(command, fromLinkId, fromSiteId, authority, AuthorityCause.SWITCHED, reason);
    }

    private static AuthorityChange changed(
            Command command, UUID fromLinkId, UUID fromSiteId, Authority now, AuthorityCause cause, String reason) {
        command.publish(Publication.of(now.toRecord()));
        Map<String, Object> detail = new HashMap<>();
        detail.put("cause", cause.wire());
        put(detail, "fromLinkId", fromLinkId);
        put(detail, "fromSiteId", fromSiteId);
        put(detail, "linkId", now.linkId());
        put(detail, "siteId", now.siteId());
        command.audit(AuditEntry.of(action(cause), SubjectKind.PMS_ID, now.pmsKey(), reason, detail));
        return AuthorityChange.of(command, fromLinkId, fromSiteId, now, cause, reason);
    }

    private static void put(Map<String, Object> detail, String name, UUID value) {
        if (value != null) {
            detail.put(name, value);
        }
    }

    private static AuditAction action(AuthorityCause cause) {
        return switch (cause) {
            case FIRST, CHOSEN -> AuditAction.AUTHORITY_ASSIGNED;
            case SWITCHED -> AuditAction.AUTHORITY_SWITCHED;
            case REMOVED, UNINSTALLED, WITHDRAWN -> AuditAction.AUTHORITY_RELEASED;
        };
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

    private static Uni<List<Authority>> lockOf(Command command, UUID linkId) {
        return command.session()
                .createSelectionQuery("from Authority where linkId = :link order by pmsType, pmsId", Authority.class)
                .setParameter("link", linkId)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList();
    }
}
