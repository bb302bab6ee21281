package dev.halo.registry.enrolment;

import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.PmsType;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.enrolment.EnrolmentTokensResource.IssueRequest;
import dev.halo.registry.enrolment.EnrolmentTokensResource.Issued;
import dev.halo.registry.enrolment.EnrolmentTokensResource.TokenView;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.paging.Page;
import dev.halo.registry.secret.Secrets;
import dev.halo.registry.site.PmsKey;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** Issues enrolment tokens and shows what became of them. */
@ApplicationScoped
public class EnrolmentTokens {

    private final Commands commands;
    private final Mutiny.SessionFactory sessions;
    private final Secrets secrets;
    private final RegistryConfig config;

    public EnrolmentTokens(Commands commands, Mutiny.SessionFactory sessions, Secrets secrets, RegistryConfig config) {
        this.commands = commands;
        this.sessions = sessions;
        this.secrets = secrets;
        this.config = config;
    }

    Uni<Issued> issue(Actor operator, IssueRequest request) {
        boolean any = Boolean.TRUE.equals(request.any());
        Duration validFor = check(request, any);
        String text = secrets.make(config.environment().keyPrefix());
        List<PmsKey> pmsKeys = request.pmsIds().stream()
                .distinct()
                .map(pmsId -> new PmsKey(PmsType.ZEDMED, pmsId))
                .toList();
        return commands.execute("issueEnrolmentToken", operator, command -> {
            EnrolmentToken token = EnrolmentToken.issued(
                    Secrets.sha256(text),
                    config.environment(),
                    any,
                    request.comment(),
                    operator.name(),
                    command.at(),
                    command.at().plus(validFor));
            command.audit(AuditEntry.of(
                    AuditAction.ENROLMENT_TOKEN_ISSUED,
                    SubjectKind.ENROLMENT_TOKEN,
                    token.id(),
                    request.comment(),
                    Map.of("any", any, "pmsIds", request.pmsIds())));
            Object[] pmsIds = pmsKeys.stream()
                    .map(pmsKey -> new EnrolmentPmsId(token.id(), pmsKey))
                    .toArray();
            return command.session()
                    .persist(token)
                    .call(() -> command.session().persistAll(pmsIds))
                    .replaceWith(new Issued(token.id(), text, token.expiresAt()));
        });
    }

    private Duration check(IssueRequest request, boolean any) {
        if (any && config.environment() != Environment.STAGE) {
            throw ApiException.badRequest("any: is possible on stage only; name the PMS IDs");
        }
        if (any != request.pmsIds().isEmpty()) {
            throw ApiException.badRequest("pmsIds: must name at least one PMS ID, unless any is true");
        }
        Duration validFor = request.validFor() == null ? config.enrolment().validFor() : request.validFor();
        Duration most = config.enrolment().maxValidFor();
        if (validFor.isNegative() || validFor.isZero() || validFor.compareTo(most) > 0) {
            throw ApiException.badRequest("validFor: must be more than zero and at most " + most);
        }
        return validFor;
    }

    /** The newest first. */
    Uni<Page<TokenView>> list(int offset, int limit) {
        return sessions.withSession(session -> session.createSelectionQuery(
                        "from EnrolmentToken order by createdAt desc, id", EnrolmentToken.class)
                .setFirstResult(offset)
                .setMaxResults(limit + 1)
                .getResultList()
                .map(tokens -> Page.of(tokens, offset, limit))
                .flatMap(page -> pmsIds(session, page.items())
                        .map(pmsIds -> page.map(token -> view(token, pmsIds.getOrDefault(token.id(), List.of()))))));
    }

    private static Uni<Map<UUID, List<String>>> pmsIds(Mutiny.Session session, List<EnrolmentToken> tokens) {
        return session.createSelectionQuery("from EnrolmentPmsId where tokenId in :tokens", EnrolmentPmsId.class)
                .setParameter("tokens", tokens.stream().map(EnrolmentToken::id).toList())
                .getResultList()
                .map(list -> list.stream()
                        .collect(Collectors.groupingBy(
                                EnrolmentPmsId::tokenId,
                                Collectors.mapping(pmsId -> pmsId.pmsKey().pmsId(), Collectors.toList()))));
    }

    Uni<Void> revoke(Actor operator, UUID tokenId) {
        return commands.execute("revokeEnrolmentToken", operator, command -> command.session()
                .find(EnrolmentToken.class, tokenId, LockModeType.PESSIMISTIC_WRITE)
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no enrolment token " + tokenId + "."))
                .invoke(token -> revoke(command, token))
                .replaceWithVoid());
    }

    private static void revoke(Command command, EnrolmentToken token) {
        if (token.usedAt() != null) {
            throw ApiException.conflict("The token was used by Link " + token.usedByLink() + ".");
        }
        if (token.revokedAt() == null) {
            token.revoke(command.at());
            command.audit(AuditEntry.of(AuditAction.ENROLMENT_TOKEN_REVOKED, SubjectKind.ENROLMENT_TOKEN, token.id()));
        }
    }

    private static TokenView view(EnrolmentToken token, List<String> pmsIds) {
        return new TokenView(
                token.id(),
                token.anyPmsId(),
                pmsIds,
                token.comment(),
                token.createdBy(),
                token.createdAt(),
                token.expiresAt(),
                token.usedAt(),
                token.usedByLink(),
                token.revokedAt());
    }
}
