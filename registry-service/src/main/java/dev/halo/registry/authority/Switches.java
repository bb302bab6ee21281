package dev.halo.registry.authority;

import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.registry.access.Actor;
import dev.halo.registry.authority.SwitchPlan.Move;
import dev.halo.registry.authority.SwitchPlanner.Planned;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.confirmation.Confirmation;
import dev.halo.registry.confirmation.Confirmations;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.link.Link;
import dev.halo.registry.link.Links;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** Moves authority from one Link to another, as an operator saw it in the preview. */
@ApplicationScoped
public class Switches {

    private static final int NAMED = 20;

    /** @param changes what moved */
    record Made(AuthoritySwitch made, List<AuthorityChange> changes, SwitchPlan plan, Confirmation confirmation) {}

    private record Pair(Link from, Link to) {}

    private final Commands commands;
    private final Mutiny.SessionFactory sessions;
    private final Links links;
    private final Authorities authorities;
    private final SwitchPlanner planner;
    private final Confirmations confirmations;
    private final Duration confirmationWait;

    public Switches(
            Commands commands,
            Mutiny.SessionFactory sessions,
            Links links,
            Authorities authorities,
            SwitchPlanner planner,
            Confirmations confirmations,
            RegistryConfig config) {
        this.commands = commands;
        this.sessions = sessions;
        this.links = links;
        this.authorities = authorities;
        this.planner = planner;
        this.confirmations = confirmations;
        this.confirmationWait = config.authority().confirmationWait();
    }

    /**
     * What a switch would do now. Fails with 404 for an unknown Link, 409 where the gaining one is not trusted.
     *
     * @param fromId null: PMS IDs that have no authoritative Link
     */
    Uni<SwitchPlan> preview(UUID fromId, UUID toId) {
        mustDiffer(fromId, toId);
        return sessions.withSession(session -> find(session, fromId)
                .flatMap(from -> find(session, toId).map(to -> new Pair(from, to)))
                .invoke(Switches::mustBeTrusted)
                .flatMap(pair -> planner.plan(session, pair.from(), pair.to(), false))
                .map(Planned::plan));
    }

    /**
     * Switches. Fails as {@link #preview} does, with 412 where something changed since the preview, naming it, and with
     * 409 where there is nothing to move.
     *
     * @param fingerprint of the preview
     */
    Uni<Made> make(Actor operator, UUID fromId, UUID toId, String fingerprint, String reason) {
        mustDiffer(fromId, toId);
        return commands.execute("switchAuthority", operator, command -> lock(command, fromId, toId)
                        .invoke(Switches::mustBeTrusted)
                        .flatMap(pair -> planner.plan(command.session(), pair.from(), pair.to(), true))
                        .invoke(planned -> mustBeAsSeen(planned, fingerprint))
                        .flatMap(planned -> move(command, planned, reason)))
                .flatMap(made -> confirmed(made, confirmationWait));
    }

    /** A switch that was made; fails with 404. */
    Uni<Made> get(UUID switchId) {
        return sessions.withSession(session -> session.find(AuthoritySwitch.class, switchId)
                        .onItem()
                        .ifNull()
                        .failWith(() -> ApiException.notFound("There is no switch " + switchId + "."))
                        .flatMap(made -> session.createSelectionQuery(
                                        "from AuthorityChange where switchId = :switch order by pmsType, pmsId",
                                        AuthorityChange.class)
                                .setParameter("switch", switchId)
                                .getResultList()
                                .map(changes -> new Made(made, changes, null, null))))
                .flatMap(made -> confirmed(made, Duration.ZERO));
    }

    private Uni<Made> move(Command command, Planned planned, String reason) {
        SwitchPlan plan = planned.plan();
        AuthoritySwitch made = AuthoritySwitch.made(command, plan.fromLinkId(), plan.toLinkId(), reason);
        List<AuthorityChange> changes = new ArrayList<>();
        for (Move move : plan.moves()) {
            changes.add(authorities
                    .move(command, planned.authorities().get(move.pmsKey()), plan.toLinkId(), move.toSiteId(), reason)
                    .partOf(made.id()));
        }
        // The switch first: its changes refer to it.
        return command.session()
                .persist(made)
                .chain(() -> command.session().flush())
                .chain(() -> command.session().persistAll(changes.toArray()))
                .replaceWith(new Made(made, changes, plan, null));
    }

    private Uni<Made> confirmed(Made made, Duration atMost) {
        UUID losing = made.made().fromLinkId();
        if (losing == null) {
            return Uni.createFrom().item(with(made, Confirmation.notNeeded()));
        }
        Map<String, Long> versions = made.changes().stream()
                .collect(Collectors.toMap(
                        change -> AuthorityRecord.keyOf(
                                change.pmsKey().pmsType(), change.pmsKey().pmsId()),
                        AuthorityChange::version));
        return confirmations.of(losing, versions, atMost).map(confirmation -> with(made, confirmation));
    }

    private static Made with(Made made, Confirmation confirmation) {
        return new Made(made.made(), made.changes(), made.plan(), confirmation);
    }

    private static void mustBeAsSeen(Planned planned, String seen) {
        Fingerprint now = planned.plan().fingerprint();
        if (!now.is(seen)) {
            List<String> changed = now.changedSince(seen, planned.known());
            String what = changed.isEmpty()
                    ? "the preview was of something else"
                    : changed.stream().limit(NAMED).collect(Collectors.joining(", "))
                            + (changed.size() > NAMED ? " and " + (changed.size() - NAMED) + " more" : "");
            throw ApiException.preconditionFailed(
                    "Something changed since the preview: " + what + ". Nothing was switched; look at a new preview.");
        }
        if (planned.plan().moves().isEmpty()) {
            throw ApiException.conflict("There is nothing to move: the Links share no PMS ID that the other serves.");
        }
    }

    private static void mustDiffer(UUID fromId, UUID toId) {
        if (toId.equals(fromId)) {
            throw ApiException.badRequest("toLinkId: must not be the same as fromLinkId");
        }
    }

    private static void mustBeTrusted(Pair pair) {
        if (pair.to().status() != LinkStatus.ACTIVE) {
            throw ApiException.conflict("Link " + pair.to().id() + " is "
                    + pair.to().status().wire() + " and cannot become authoritative.");
        }
    }

    private static Uni<Link> find(Mutiny.Session session, UUID linkId) {
        return linkId == null
                ? Uni.createFrom().nullItem()
                : session.find(Link.class, linkId)
                        .onItem()
                        .ifNull()
                        .failWith(() -> ApiException.notFound("There is no Link " + linkId + "."));
    }

    /** Both Links in the order of their GUIDs, so that two switches never wait for each other. */
    private Uni<Pair> lock(Command command, UUID fromId, UUID toId) {
        if (fromId == null) {
            return links.lockKnown(command, toId).map(to -> new Pair(null, to));
        }
        boolean fromFirst = fromId.compareTo(toId) < 0;
        return links.lockKnown(command, fromFirst ? fromId : toId)
                .flatMap(first -> links.lockKnown(command, fromFirst ? toId : fromId)
                        .map(second -> fromFirst ? new Pair(first, second) : new Pair(second, first)));
    }
}
