package dev.halo.registry.link;

import dev.halo.protocol.link.LinkMessages.TokenRequest;
import dev.halo.protocol.link.LinkMessages.TokenResponse;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.secret.Secrets;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/**
 * Gives a Link its next token and its next secret. A secret is good until the one given out for it is used; after that
 * it is retired, and whoever comes with it is taken for a copy of the Link's machine.
 */
@ApplicationScoped
public class TokenRenewal {

    private static final Logger LOG = Logger.getLogger(TokenRenewal.class);
    private static final String COPIED = "A retired secret was used: perhaps the Link's machine was copied.";

    /** What came of a request; a suspension must be committed before it is answered with an error. */
    private sealed interface Renewal {
        record Granted(TokenResponse response) implements Renewal {}

        record Refused(ApiException answer) implements Renewal {}
    }

    private final Commands commands;
    private final Links links;
    private final Secrets secrets;
    private final LinkTokenKeys keys;
    private final Environment environment;

    public TokenRenewal(Commands commands, Links links, Secrets secrets, LinkTokenKeys keys, RegistryConfig config) {
        this.commands = commands;
        this.links = links;
        this.secrets = secrets;
        this.keys = keys;
        this.environment = config.environment();
    }

    /** Fails with 401 for an unknown Link or secret, 403 for another environment or a Link that is not trusted. */
    public Uni<TokenResponse> renew(TokenRequest request) {
        if (request.environment() != environment) {
            throw WrongEnvironment.of(request.environment(), environment);
        }
        String sha256 = Secrets.sha256(request.secret());
        return commands.execute(
                        "renewToken", Actor.link(request.linkId()), command -> links.lock(command, request.linkId())
                                .flatMap(link -> link == null ? unknown() : renew(command, link, sha256)))
                .map(renewal -> {
                    if (renewal instanceof Renewal.Granted granted) {
                        return granted.response();
                    }
                    throw ((Renewal.Refused) renewal).answer();
                });
    }

    private Uni<Renewal> renew(Command command, Link link, String sha256) {
        boolean first = sha256.equals(link.secretSha256());
        if (!first && !sha256.equals(link.nextSecretSha256())) {
            return command.session().find(RetiredSecret.class, sha256).flatMap(retired -> {
                boolean copied = retired != null && retired.linkId().equals(link.id());
                return copied ? suspend(command, link) : unknown();
            });
        }
        if (link.status() != LinkStatus.ACTIVE) {
            return refused(
                    ApiException.forbidden("This Link is " + link.status().wire() + "; an operator must decide."));
        }
        // Of the two, the one that was not sent: either it is used up, or its answer was lost on the way.
        String retired = first ? link.nextSecretSha256() : link.secretSha256();
        String next = secrets.make("");
        link.rotate(sha256, Secrets.sha256(next), command.at());
        TokenResponse response = new TokenResponse(
                keys.sign(link.id(), command.at()), command.at().plus(LinkTokens.LIFETIME), next, command.at());
        Uni<Void> retire = retired == null
                ? Uni.createFrom().voidItem()
                : command.session().persist(new RetiredSecret(retired, link.id(), command.at()));
        return retire.replaceWith(new Renewal.Granted(response));
    }

    private Uni<Renewal> suspend(Command command, Link link) {
        Renewal answer = new Renewal.Refused(ApiException.forbidden(
                "The secret was replaced by a newer one. The Link is suspended, an operator must decide."));
        if (link.status() != LinkStatus.ACTIVE) {
            return Uni.createFrom().item(answer);
        }
        LOG.warnf("event=linkSuspended linkId=%s cause=retiredSecret", link.id());
        return links.changeStatus(command, link, LinkStatus.SUSPENDED, AuditAction.LINK_SUSPENDED, COPIED)
                .replaceWith(answer);
    }

    private static Uni<Renewal> unknown() {
        return refused(ApiException.unauthorized("The Link or its secret is not known."));
    }

    private static Uni<Renewal> refused(ApiException answer) {
        return Uni.createFrom().item(new Renewal.Refused(answer));
    }
}
