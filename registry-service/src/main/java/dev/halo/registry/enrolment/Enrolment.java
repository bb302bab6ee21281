package dev.halo.registry.enrolment;

import dev.halo.protocol.link.LinkMessages.EnrolRequest;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.site.Environment;
import dev.halo.registry.access.Actor;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.link.Links;
import dev.halo.registry.link.WrongEnvironment;
import dev.halo.registry.secret.Secrets;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.UUID;

/** Makes a Link out of an enrolment token, once. */
@ApplicationScoped
public class Enrolment {

    private final Commands commands;
    private final Links links;
    private final Environment environment;

    public Enrolment(Commands commands, Links links, RegistryConfig config) {
        this.commands = commands;
        this.links = links;
        this.environment = config.environment();
    }

    /**
     * Fails with 403 for another environment, 401 for a token that is unknown, expired, revoked or used. An answer that
     * is lost on the way leaves a Link that nobody has the secret of; the operator issues another token.
     */
    public Uni<EnrolResponse> enrol(EnrolRequest request) {
        if (request.environment() != environment) {
            throw WrongEnvironment.of(request.environment(), environment);
        }
        for (Environment other : Environment.values()) {
            if (other != environment && request.enrolmentToken().startsWith(other.keyPrefix())) {
                throw ApiException.forbidden(
                        "The enrolment token is for " + other.wire() + ", this is " + environment.wire() + ".");
            }
        }
        UUID linkId = UUID.randomUUID();
        return commands.execute("enrol", Actor.link(linkId), command -> enrol(command, request, linkId));
    }

    private Uni<EnrolResponse> enrol(Command command, EnrolRequest request, UUID linkId) {
        return command.session()
                .createSelectionQuery("from EnrolmentToken where sha256 = :sha256", EnrolmentToken.class)
                .setParameter("sha256", Secrets.sha256(request.enrolmentToken()))
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getSingleResultOrNull()
                .invoke(token -> mustBeUsable(token, command.at()))
                .invoke(token -> token.use(linkId, command.at()))
                .flatMap(token -> command.session()
                        .createSelectionQuery("from EnrolmentPmsId where tokenId = :token", EnrolmentPmsId.class)
                        .setParameter("token", token.id())
                        .getResultList()
                        .flatMap(pmsIds -> links.enrol(
                                command,
                                token.id(),
                                token.anyPmsId(),
                                pmsIds.stream().map(EnrolmentPmsId::pmsKey).toList(),
                                token.createdBy(),
                                linkId,
                                request.hostName(),
                                request.linkVersion())));
    }

    private static void mustBeUsable(EnrolmentToken token, Instant now) {
        if (token == null) {
            throw ApiException.unauthorized("The enrolment token is not known.");
        }
        if (token.revokedAt() != null) {
            throw ApiException.unauthorized("The enrolment token was revoked.");
        }
        if (token.usedAt() != null) {
            throw ApiException.unauthorized("The enrolment token was used already; each is for one Link.");
        }
        if (!now.isBefore(token.expiresAt())) {
            throw ApiException.unauthorized("The enrolment token expired at " + token.expiresAt() + ".");
        }
    }
}
