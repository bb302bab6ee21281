package dev.halo.registry.integrator;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.integrator.IntegratorFact.KeySlot;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.integrator.IntegratorsResource.CreateRequest;
import dev.halo.registry.integrator.IntegratorsResource.IntegratorView;
import dev.halo.registry.integrator.IntegratorsResource.IssuedKey;
import dev.halo.registry.integrator.IntegratorsResource.UpdateRequest;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.secret.Secrets;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Creates integrators and changes their keys. */
@ApplicationScoped
public class Integrators {

    private final Commands commands;
    private final Secrets secrets;
    private final RegistryConfig config;

    public Integrators(Commands commands, Secrets secrets, RegistryConfig config) {
        this.commands = commands;
        this.secrets = secrets;
        this.config = config;
    }

    /** Fails with 409 where the name is taken. */
    Uni<IntegratorView> create(Actor operator, CreateRequest request) {
        return commands.execute("createIntegrator", operator, command -> nameMustBeFree(command, null, request.name())
                .flatMap(free -> {
                    Integrator integrator = Integrator.created(
                            request.name(), request.allowedAddresses(), request.tier(), command.at());
                    changed(command, integrator, List.of(), AuditAction.INTEGRATOR_CREATED, null, Map.of());
                    return command.session()
                            .persist(integrator)
                            .replaceWith(IntegratorViews.view(integrator, List.of()));
                }));
    }

    /** Changes its name, addresses and tier, all of them; fails with 409 where the name is taken. */
    Uni<IntegratorView> update(Actor operator, UUID integratorId, UpdateRequest request, Precondition precondition) {
        return commands.execute("updateIntegrator", operator, command -> lock(command, integratorId, precondition)
                .call(() -> nameMustBeFree(command, integratorId, request.name()))
                .flatMap(integrator -> keys(command, integratorId).map(keys -> {
                    Map<String, Object> before = described(integrator);
                    integrator.describe(request.name(), request.allowedAddresses(), request.tier());
                    Map<String, Object> detail = Map.of("before", before, "after", described(integrator));
                    changed(command, integrator, keys, AuditAction.INTEGRATOR_CHANGED, request.reason(), detail);
                    return IntegratorViews.view(integrator, keys);
                })));
    }

    private static Map<String, Object> described(Integrator integrator) {
        return Map.of(
                "name",
                integrator.name(),
                "allowedAddresses",
                integrator.allowedAddresses(),
                "tier",
                integrator.tier() == null ? "" : integrator.tier());
    }

    private static Uni<Void> nameMustBeFree(Command command, UUID self, String name) {
        return command.session()
                .createSelectionQuery("from Integrator where lower(name) = lower(:name)", Integrator.class)
                .setParameter("name", name)
                .getSingleResultOrNull()
                .invoke(existing -> {
                    if (existing != null && !existing.id().equals(self)) {
                        throw ApiException.conflict("The name is taken by integrator " + existing.id() + ".");
                    }
                })
                .replaceWithVoid();
    }

    /** Issues a key; fails with 409 where the slot has one. */
    Uni<IssuedKey> issueKey(Actor operator, UUID integratorId, KeySlot slot, String reason, Precondition precondition) {
        return commands.execute("issueKey", operator, command -> lock(command, integratorId, precondition)
                .flatMap(integrator -> keys(command, integratorId).flatMap(keys -> {
                    if (active(keys, slot) != null) {
                        throw ApiException.conflict("The slot " + slot + " has an active key; rotate or revoke it.");
                    }
                    return issue(command, integrator, keys, slot, reason);
                })));
    }

    /** Issues a key and revokes the one that the slot has. */
    Uni<IssuedKey> rotateKey(
            Actor operator, UUID integratorId, KeySlot slot, String reason, Precondition precondition) {
        return commands.execute("rotateKey", operator, command -> lock(command, integratorId, precondition)
                .flatMap(integrator -> keys(command, integratorId).flatMap(keys -> {
                    revoke(command, integrator, active(keys, slot), reason);
                    return issue(command, integrator, keys, slot, reason);
                })));
    }

    private Uni<IssuedKey> issue(
            Command command, Integrator integrator, List<SubscriptionKey> keys, KeySlot slot, String reason) {
        String text = secrets.make(config.environment().keyPrefix());
        SubscriptionKey key = SubscriptionKey.issued(Secrets.sha256(text), integrator.id(), slot, command.at());
        List<SubscriptionKey> all = new ArrayList<>(keys);
        all.add(0, key);
        integrator.keysChanged();
        changed(command, integrator, all, AuditAction.KEY_ISSUED, reason, Map.of("slot", slot.name()));
        // The revocation first: the slot takes one active key at a time.
        return command.session()
                .flush()
                .chain(() -> command.session().persist(key))
                .replaceWith(new IssuedKey(integrator.id(), slot, text, command.at()));
    }

    /** Fails with 404 where the slot has no active key. */
    Uni<Void> revokeKey(Actor operator, UUID integratorId, KeySlot slot, String reason, Precondition precondition) {
        return commands.execute("revokeKey", operator, command -> lock(command, integratorId, precondition)
                .flatMap(integrator -> keys(command, integratorId).invoke(keys -> {
                    if (active(keys, slot) == null) {
                        throw ApiException.notFound("The slot " + slot + " has no active key.");
                    }
                    revoke(command, integrator, active(keys, slot), reason);
                    integrator.keysChanged();
                    command.publish(Publication.of(integrator.toFact(published(keys))));
                }))
                .replaceWithVoid());
    }

    /** Suspends an integrator or takes it back; a no-op where it is so already. */
    Uni<IntegratorView> activate(
            Actor operator, UUID integratorId, boolean active, String reason, Precondition precondition) {
        return commands.execute("activateIntegrator", operator, command -> lock(command, integratorId, precondition)
                .flatMap(integrator -> keys(command, integratorId).map(keys -> {
                    if (integrator.isActive() != active) {
                        integrator.activate(active);
                        changed(
                                command,
                                integrator,
                                keys,
                                AuditAction.INTEGRATOR_CHANGED,
                                reason,
                                Map.of("active", active));
                    }
                    return IntegratorViews.view(integrator, keys);
                })));
    }

    /** The integrator, locked; fails with 404, and with 412 where it is not as the caller read it. */
    static Uni<Integrator> lock(Command command, UUID integratorId, Precondition precondition) {
        return command.session()
                .find(Integrator.class, integratorId, LockModeType.PESSIMISTIC_WRITE)
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no integrator " + integratorId + "."))
                .invoke(integrator -> precondition.requires(integrator.version()));
    }

    /** The newest first: active ones, and as many revoked ones as are published. */
    private Uni<List<SubscriptionKey>> keys(Command command, UUID integratorId) {
        return command.session()
                .createSelectionQuery(
                        "from SubscriptionKey where integratorId = :integrator"
                                + " order by case when revokedAt is null then 0 else 1 end, revokedAt desc",
                        SubscriptionKey.class)
                .setParameter("integrator", integratorId)
                .setMaxResults(KeySlot.values().length + config.publishedRevokedKeys())
                .getResultList();
    }

    private static SubscriptionKey active(List<SubscriptionKey> keys, KeySlot slot) {
        return keys.stream()
                .filter(key -> key.slot() == slot && !key.isRevoked())
                .findFirst()
                .orElse(null);
    }

    private static void revoke(Command command, Integrator integrator, SubscriptionKey key, String reason) {
        if (key != null) {
            key.revoke(command.at());
            command.audit(AuditEntry.of(
                    AuditAction.KEY_REVOKED,
                    SubjectKind.INTEGRATOR,
                    integrator.id(),
                    reason,
                    Map.of("slot", key.slot().name())));
        }
    }

    /** Publishes an integrator whose keys have not changed. */
    Uni<Void> published(Command command, Integrator integrator) {
        return keys(command, integrator.id())
                .invoke(keys -> command.publish(Publication.of(integrator.toFact(published(keys)))))
                .replaceWithVoid();
    }

    private void changed(
            Command command,
            Integrator integrator,
            List<SubscriptionKey> keys,
            AuditAction action,
            String reason,
            Map<String, Object> detail) {
        command.publish(Publication.of(integrator.toFact(published(keys))));
        command.audit(AuditEntry.of(action, SubjectKind.INTEGRATOR, integrator.id(), reason, detail));
    }

    private List<IntegratorFact.Key> published(List<SubscriptionKey> keys) {
        List<IntegratorFact.Key> facts = new ArrayList<>();
        keys.stream()
                .filter(key -> !key.isRevoked())
                .map(SubscriptionKey::toFact)
                .forEach(facts::add);
        keys.stream()
                .filter(SubscriptionKey::isRevoked)
                .limit(config.publishedRevokedKeys())
                .map(SubscriptionKey::toFact)
                .forEach(facts::add);
        return facts;
    }
}
