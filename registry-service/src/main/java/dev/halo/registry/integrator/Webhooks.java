package dev.halo.registry.integrator;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.integrator.SecretSeal;
import dev.halo.protocol.integrator.WebhookTemplate;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.error.Fields;
import dev.halo.registry.integrator.WebhooksResource.IssuedSecret;
import dev.halo.registry.integrator.WebhooksResource.SetRequest;
import dev.halo.registry.integrator.WebhooksResource.WebhooksView;
import dev.halo.registry.secret.Secrets;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Sets where integrators are notified, and issues the secrets that their notifications are signed with. */
@ApplicationScoped
public class Webhooks {

    private static final String SECRET_PREFIX = "whsec_";

    private final Commands commands;
    private final Integrators integrators;
    private final Mutiny.SessionFactory sessions;
    private final Secrets secrets;
    private final Optional<SecretSeal> seal;
    private final boolean allowHttp;

    /** Fails at the start where the key at rest is none. */
    public Webhooks(
            Commands commands,
            Integrators integrators,
            Mutiny.SessionFactory sessions,
            Secrets secrets,
            RegistryConfig config) {
        this.commands = commands;
        this.integrators = integrators;
        this.sessions = sessions;
        this.secrets = secrets;
        this.seal = config.atRestKey().map(SecretSeal::of);
        this.allowHttp = config.webhooks().allowHttp();
    }

    /** Fails with 404 where none are set. */
    Uni<WebhooksView> get(UUID integratorId) {
        return sessions.withSession(session -> session.find(Integrator.class, integratorId)
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no integrator " + integratorId + "."))
                .map(integrator -> view(requireSet(integrator), null)));
    }

    /** Sets the URLs; the secret stays, or is made and shown where there was none. */
    Uni<WebhooksView> set(Actor operator, UUID integratorId, SetRequest request, Precondition precondition) {
        check("url", request.url(), true);
        check("asyncUrl", request.asyncUrl(), false);
        check("registeredUrl", request.registeredUrl(), false);
        SecretSeal key = requireSeal();
        String fresh = secrets.make(SECRET_PREFIX);
        return commands.execute(
                "setWebhooks", operator, command -> Integrators.lock(command, integratorId, precondition)
                        .flatMap(integrator -> {
                            IntegratorFact.Webhooks before = integrator.webhooks();
                            String sealed = before == null ? key.seal(integratorId, fresh) : before.sealedSecret();
                            IntegratorFact.Webhooks now = new IntegratorFact.Webhooks(
                                    request.url(), request.asyncUrl(), request.registeredUrl(), sealed);
                            integrator.notifyAt(now);
                            audit(
                                    command,
                                    AuditAction.WEBHOOKS_CHANGED,
                                    integratorId,
                                    Map.of(
                                            "ownAsyncUrl",
                                            request.asyncUrl() != null,
                                            "ownRegisteredUrl",
                                            request.registeredUrl() != null,
                                            "secretIssued",
                                            before == null));
                            return integrators
                                    .published(command, integrator)
                                    .replaceWith(view(now, before == null ? fresh : null));
                        }));
    }

    /** A new secret in the place of the old one; fails with 404 where no webhooks are set. */
    Uni<IssuedSecret> issueSecret(Actor operator, UUID integratorId, Precondition precondition) {
        SecretSeal key = requireSeal();
        String fresh = secrets.make(SECRET_PREFIX);
        return commands.execute("issueWebhookSecret", operator, command -> Integrators.lock(
                        command, integratorId, precondition)
                .flatMap(integrator -> {
                    IntegratorFact.Webhooks before = requireSet(integrator);
                    integrator.notifyAt(new IntegratorFact.Webhooks(
                            before.url(), before.asyncUrl(), before.registeredUrl(), key.seal(integratorId, fresh)));
                    audit(command, AuditAction.WEBHOOK_SECRET_ISSUED, integratorId, Map.of());
                    return integrators
                            .published(command, integrator)
                            .replaceWith(new IssuedSecret(integratorId, fresh, command.at()));
                }));
    }

    /** A no-op where none are set. */
    Uni<Void> remove(Actor operator, UUID integratorId, Precondition precondition) {
        return commands.execute(
                "removeWebhooks", operator, command -> Integrators.lock(command, integratorId, precondition)
                        .flatMap(integrator -> {
                            if (integrator.webhooks() == null) {
                                return Uni.createFrom().voidItem();
                            }
                            integrator.notifyAt(null);
                            audit(command, AuditAction.WEBHOOKS_REMOVED, integratorId, Map.of());
                            return integrators.published(command, integrator);
                        }));
    }

    private void check(String field, String url, boolean required) {
        if (required) {
            Fields.required(field, url);
        }
        if (url == null) {
            return;
        }
        try {
            WebhookTemplate.parse(url, allowHttp);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(field + ": " + e.getMessage());
        }
    }

    private SecretSeal requireSeal() {
        return seal.orElseThrow(() ->
                ApiException.conflict("This deployment has no key at rest, so that no webhook secret can be kept: set"
                        + " halo.registry.at-rest-key."));
    }

    private static IntegratorFact.Webhooks requireSet(Integrator integrator) {
        IntegratorFact.Webhooks webhooks = integrator.webhooks();
        if (webhooks == null) {
            throw ApiException.notFound("The integrator has no webhooks.");
        }
        return webhooks;
    }

    /** The URLs are not audited: they may hold secrets of the receiver's. */
    private static void audit(Command command, AuditAction action, UUID integratorId, Map<String, Object> detail) {
        command.audit(AuditEntry.of(action, SubjectKind.INTEGRATOR, integratorId, null, detail));
    }

    private static WebhooksView view(IntegratorFact.Webhooks webhooks, String secret) {
        return new WebhooksView(webhooks.url(), webhooks.asyncUrl(), webhooks.registeredUrl(), secret);
    }
}
