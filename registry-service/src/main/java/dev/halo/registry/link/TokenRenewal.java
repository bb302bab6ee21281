package dev.halo.registry.link;

import dev.halo.protocol.link.LinkMessages.TokenRequest;
import dev.halo.protocol.link.LinkMessages.TokenResponse;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.secret.Secrets;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Gives a Link its next token and its next secret. A secret is good until the one given out for it is used; after that
 * it is retired, and whoever comes with it is taken for a copy of the Link's machine.
 */
@ApplicationScoped
public class TokenRenewal {

    private static final Logger LOG = Logger.getLogger(TokenRenewal.class);
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(2);
    private static final String COPIED = "A retired secret was used: perhaps the Link's machine was copied.";

    private static final String RECOGNISED = "By its token: its secret was given out after the backup of the database.";

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

    /**
     * Fails with 401 for an unknown Link or secret, 403 for another environment or a Link that is not trusted.
     *
     * @param token the Link's token; null where it sends none. Only a database that was restored asks for it
     */
    public Uni<TokenResponse> renew(TokenRequest request, String token) {
        if (request.environment() != environment) {
            throw WrongEnvironment.of(request.environment(), environment);
        }
        String sha256 = Secrets.sha256(request.secret());
        return commands.execute(
                        "renewToken", Actor.link(request.linkId()), command -> links.lock(command, request.linkId())
                                .flatMap(link -> link == null ? unknown() : renew(command, link, sha256, token)))
                .map(renewal -> {
                    if (renewal instanceof Renewal.Granted granted) {
                        return granted.response();
                    }
                    throw ((Renewal.Refused) renewal).answer();
                });
    }

    private Uni<Renewal> renew(Command command, Link link, String sha256, String token) {
        boolean first = sha256.equals(link.secretSha256());
        if (!first && !sha256.equals(link.nextSecretSha256())) {
            return command.session().find(RetiredSecret.class, sha256).flatMap(retired -> {
                boolean copied = retired != null && retired.linkId().equals(link.id());
                if (copied) {
                    return suspend(command, link);
                }
                return isForgotten(link, token) ? recognise(command, link, sha256) : unknown();
            });
        }
        if (link.status() != LinkStatus.ACTIVE) {
            return refused(
                    ApiException.forbidden("This Link is " + link.status().wire() + "; an operator must decide."));
        }
        // Of the two, the one that was not sent: either it is used up, or its answer was lost on the way.
        return grant(command, link, sha256, Stream.of(first ? link.nextSecretSha256() : link.secretSha256()));
    }

    /**
     * Whether the Link holds a token that was issued after the last one that is known: the database forgot it when it was
     * restored from a backup, and with it the secret that was given out then. Links renew hourly, so it is much later; what
     * is only little later may come of clocks that differ.
     */
    private boolean isForgotten(Link link, String token) {
        if (token == null || link.status() != LinkStatus.ACTIVE) {
            return false;
        }
        try {
            LinkTokens.LinkIdentity known = keys.verify(token);
            return known.linkId().equals(link.id())
                    && known.expiresAt()
                            .minus(LinkTokens.LIFETIME)
                            .isAfter(link.tokenIssuedAt().plus(CLOCKS_DIFFER));
        } catch (LinkTokens.InvalidToken e) {
            return false;
        }
    }

    private Uni<Renewal> recognise(Command command, Link link, String sha256) {
        LOG.warnf("event=linkRecognised linkId=%s cause=restoredDatabase", link.id());
        command.audit(AuditEntry.of(AuditAction.LINK_RECOGNISED, SubjectKind.LINK, link.id(), RECOGNISED, Map.of()));
        return grant(command, link, sha256, Stream.of(link.secretSha256(), link.nextSecretSha256()));
    }

    private Uni<Renewal> grant(Command command, Link link, String usedSha256, Stream<String> usedUp) {
        Object[] retired = usedUp.filter(Objects::nonNull)
                .map(sha256 -> new RetiredSecret(sha256, link.id(), command.at()))
                .toArray();
        String next = secrets.make("");
        link.rotate(usedSha256, Secrets.sha256(next), command.at());
        TokenResponse response = new TokenResponse(
                keys.sign(link.id(), command.at()), command.at().plus(LinkTokens.LIFETIME), next, command.at());
        return command.session().persistAll(retired).replaceWith(new Renewal.Granted(response));
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
