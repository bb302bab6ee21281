package dev.halo.registry.link;

import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.command.Command;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.secret.Secrets;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.site.Site;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** The Links, as steps of a command. */
@ApplicationScoped
public class Links {

    private final Secrets secrets;
    private final LinkTokenKeys keys;

    public Links(Secrets secrets, LinkTokenKeys keys) {
        this.secrets = secrets;
        this.keys = keys;
    }

    /**
     * Makes a Link.
     *
     * @param tokenId of the enrolment token it came with
     * @param grantedBy who issued that token
     */
    public Uni<EnrolResponse> enrol(
            Command command,
            UUID tokenId,
            boolean anyPmsId,
            Collection<PmsKey> pmsKeys,
            String grantedBy,
            UUID linkId,
            String hostName,
            String linkVersion) {
        String secret = secrets.make("");
        Link link =
                Link.enrolled(linkId, tokenId, anyPmsId, Secrets.sha256(secret), hostName, linkVersion, command.at());
        Object[] entitlements = pmsKeys.stream()
                .map(pmsKey -> new Entitlement(linkId, pmsKey, grantedBy, command.at()))
                .toArray();
        command.audit(
                AuditEntry.of(AuditAction.LINK_ENROLLED, SubjectKind.LINK, linkId, null, enrolment(link, tokenId)));
        return command.session()
                .persist(link)
                .call(() -> command.session().persistAll(entitlements))
                .replaceWith(() -> new EnrolResponse(
                        linkId,
                        secret,
                        keys.sign(linkId, command.at()),
                        command.at().plus(LinkTokens.LIFETIME),
                        command.at()));
    }

    private static Map<String, Object> enrolment(Link link, UUID tokenId) {
        return Map.of(
                "enrolmentToken",
                tokenId.toString(),
                "hostName",
                link.hostName() == null ? "" : link.hostName(),
                "linkVersion",
                link.linkVersion() == null ? "" : link.linkVersion());
    }

    /** The Link's row, locked until the transaction ends; null where there is none. */
    public Uni<Link> lock(Command command, UUID linkId) {
        return command.session().find(Link.class, linkId, LockModeType.PESSIMISTIC_WRITE);
    }

    /** As {@link #lock}; fails with 404. */
    public Uni<Link> lockKnown(Command command, UUID linkId) {
        return lock(command, linkId)
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no Link " + linkId + "."));
    }

    /** Fails with 403 where the Link is not trusted. */
    public static void mustBeActive(Link link) {
        if (link.status() != LinkStatus.ACTIVE) {
            throw ApiException.forbidden("This Link is " + link.status().wire() + "; an operator must decide.");
        }
    }

    /** The PMS IDs that a Link was entitled to one by one. */
    public Uni<Set<PmsKey>> entitlements(Command command, UUID linkId) {
        return entitlements(command.session(), linkId)
                .map(list -> list.stream().map(Entitlement::pmsKey).collect(Collectors.toSet()));
    }

    /** As rows, of which one that is taken away is an entitlement less. */
    public Uni<List<Entitlement>> entitlements(Mutiny.Session session, UUID linkId) {
        return session.createSelectionQuery("from Entitlement where linkId = :link", Entitlement.class)
                .setParameter("link", linkId)
                .getResultList();
    }

    /** Trusts a locked Link no longer, or again, and publishes it with its sites so that bridges act on it. */
    public Uni<Void> changeStatus(Command command, Link link, LinkStatus to, AuditAction action, String reason) {
        link.changeStatus(to, to == LinkStatus.ACTIVE ? null : reason);
        command.audit(AuditEntry.of(action, SubjectKind.LINK, link.id(), reason, Map.of()));
        return sites(command, link.id())
                .invoke(sites -> sites.forEach(site -> {
                    site.touch();
                    command.publish(Publication.of(site.toRecord(to)));
                }))
                .replaceWithVoid();
    }

    /** All sites of a Link, those that are gone among them. */
    public Uni<List<Site>> sites(Command command, UUID linkId) {
        return command.session()
                .createSelectionQuery("from Site where linkId = :link", Site.class)
                .setParameter("link", linkId)
                .getResultList();
    }
}
