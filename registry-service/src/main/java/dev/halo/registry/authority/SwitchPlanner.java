package dev.halo.registry.authority;

import dev.halo.protocol.site.LinkStatus;
import dev.halo.registry.authority.SwitchPlan.Left;
import dev.halo.registry.authority.SwitchPlan.Move;
import dev.halo.registry.authority.SwitchPlan.NotMovable;
import dev.halo.registry.authority.SwitchPlan.Stay;
import dev.halo.registry.link.Link;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.site.Site;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** Works out what a switch between two Links would do. */
@ApplicationScoped
public class SwitchPlanner {

    /** Stands for the losing Link where there is none. */
    private static final UUID NOBODY = new UUID(0, 0);

    private static final String CONCERNED = """
            from Authority a where a.linkId = :from
                or (a.linkId is null and a.pmsId in (select s.pmsId from Site s where s.linkId = :to))
            order by a.pmsType, a.pmsId
            """;

    private static final String NONE =
            "No Link is authoritative for it, until an operator switches without fromLinkId.";

    /**
     * @param authorities the rows that the plan was made of
     * @param known the PMS IDs of all sites of both Links
     */
    record Planned(SwitchPlan plan, Map<PmsKey, Authority> authorities, Set<String> known) {}

    /**
     * Reads what there is and plans.
     *
     * @param from null: PMS IDs that have no authoritative Link
     * @param lock locks the rows of the authority; the caller has locked the Links then
     */
    Uni<Planned> plan(Mutiny.Session session, Link from, Link to, boolean lock) {
        UUID fromId = from == null ? NOBODY : from.id();
        var concerned = session.createSelectionQuery(CONCERNED, Authority.class)
                .setParameter("from", fromId)
                .setParameter("to", to.id());
        if (lock) {
            concerned.setLockMode(LockModeType.PESSIMISTIC_WRITE);
        }
        return concerned.getResultList().flatMap(authorities -> session.createSelectionQuery(
                        "from Site where linkId in (:from, :to)", Site.class)
                .setParameter("from", fromId)
                .setParameter("to", to.id())
                .getResultList()
                .map(sites -> planned(from, to, authorities, sites)));
    }

    private static Planned planned(Link from, Link to, List<Authority> authorities, List<Site> sites) {
        return new Planned(
                plan(from, to, authorities, sites),
                authorities.stream().collect(Collectors.toMap(Authority::pmsKey, Function.identity())),
                sites.stream().map(site -> site.pmsKey().pmsId()).collect(Collectors.toCollection(TreeSet::new)));
    }

    private static SwitchPlan plan(Link from, Link to, List<Authority> authorities, List<Site> sites) {
        Map<UUID, Site> byId = sites.stream().collect(Collectors.toMap(Site::id, Function.identity()));
        List<Move> moves = new ArrayList<>();
        List<Stay> stays = new ArrayList<>();
        List<NotMovable> notMovable = new ArrayList<>();
        List<Left> left = new ArrayList<>();
        for (Authority authority : authorities) {
            PmsKey key = authority.pmsKey();
            Site before = authority.siteId() == null ? null : byId.get(authority.siteId());
            Site gaining = gaining(to, key, sites);
            boolean concerned = from == null || authority.linkId() != null;
            if (concerned && gaining != null && gaining.isServed()) {
                moves.add(move(authority, before, gaining));
                continue;
            }
            if (concerned && gaining != null) {
                notMovable.add(new NotMovable(key.pmsType(), key.pmsId(), gaining.id(), problem(gaining)));
            } else if (before != null) {
                stays.add(new Stay(key.pmsType(), key.pmsId(), before.practiceName(), before.id()));
            }
            String unusable = unusable(from, before);
            if (unusable != null) {
                left.add(new Left(key.pmsType(), key.pmsId(), unusable));
            }
        }
        return new SwitchPlan(from == null ? null : from.id(), to.id(), moves, stays, notMovable, left);
    }

    private static Move move(Authority authority, Site before, Site gaining) {
        PmsKey key = authority.pmsKey();
        return new Move(
                key.pmsType(),
                key.pmsId(),
                before == null ? gaining.practiceName() : before.practiceName(),
                before == null ? null : before.id(),
                gaining.id(),
                gaining.practiceName(),
                authority.version());
    }

    /** The site of the gaining Link with this PMS ID: the one that is served, else the newest that is not gone. */
    private static Site gaining(Link to, PmsKey key, List<Site> sites) {
        return sites.stream()
                .filter(site -> site.linkId().equals(to.id()) && site.pmsKey().equals(key) && !site.isGone())
                .max(Comparator.comparing(Site::isServed)
                        .thenComparing(Site::createdAt)
                        .thenComparing(Site::id))
                .orElse(null);
    }

    private static String problem(Site site) {
        return site.problem() == null ? "The site is " + site.status().wire() + "." : site.problem();
    }

    /** Why the site that keeps authority cannot be queried; null where it can. */
    private static String unusable(Link from, Site before) {
        if (before == null) {
            return NONE;
        }
        if (from.status() != LinkStatus.ACTIVE) {
            return "Its Link is " + from.status().wire() + ".";
        }
        return before.isServed() ? null : problem(before);
    }
}
