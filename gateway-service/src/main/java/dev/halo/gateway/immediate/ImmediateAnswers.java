package dev.halo.gateway.immediate;

import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.error.ErrorAnswers;
import dev.halo.gateway.query.FailureStatus;
import dev.halo.gateway.query.QueryJson;
import dev.halo.gateway.query.QueryRenderer;
import dev.halo.gateway.record.QueryRecord;
import dev.halo.gateway.record.QueryRecords;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Parameter;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Turns the end of an immediate query into its HTTP answer and its record. */
@ApplicationScoped
class ImmediateAnswers {

    private static final int ATTEMPTED = 504;

    private final QueryRenderer renderer;
    private final QueryRecords records;
    private final Duration writeBeforeAnswer;

    ImmediateAnswers(QueryRenderer renderer, QueryRecords records, GatewayConfig config) {
        this.renderer = renderer;
        this.records = records;
        this.writeBeforeAnswer = config.records().writeBeforeAnswer();
    }

    /** The answer. One that says 504 waits for its record, which is all that the caller has to find out more. */
    Uni<Response> toResponse(Answer answer) {
        QueryJson object = renderer.object(answer.query(), answer.outcome(), answer.completedAt());
        int status = status(answer.outcome());
        Uni<Void> written = Uni.createFrom().completionStage(recorded(answer));
        Response response = response(answer, object, status);
        return status == ATTEMPTED
                ? written.ifNoItem()
                        .after(writeBeforeAnswer)
                        .recoverWithItem((Void) null)
                        .replaceWith(response)
                : Uni.createFrom().item(response);
    }

    /** Has its record written; completes when it is. */
    CompletionStage<Void> recorded(Answer answer) {
        return records.add(record(answer, status(answer.outcome())));
    }

    /** Gives back what an answer holds that nobody will write. */
    static void close(Answer answer) {
        if (answer.rows() != null) {
            answer.rows().close();
        }
    }

    /** The HTTP status of an answer. */
    static int status(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed ? FailureStatus.of(failed.failure()) : 200;
    }

    /** The JSON of an answer, without rows. */
    String json(Answer answer) {
        return new String(
                renderer.bytes(renderer.object(answer.query(), answer.outcome(), answer.completedAt())),
                StandardCharsets.UTF_8);
    }

    private Response response(Answer answer, QueryJson object, int status) {
        if (status == 403 && answer.outcome() instanceof Outcome.Failed failed) {
            // The Link knew sooner than this gateway's views: the answer is that of the check.
            return ErrorAnswers.of(
                    failed.failure().is(LinkErrorCode.SITE_SUPERSEDED)
                            ? SiteChecks.superseded()
                            : SiteChecks.notEnabled());
        }
        Object entity = answer.rows() == null ? object : renderer.withRows(object, answer.rows());
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(entity)
                .build();
    }

    private QueryRecord record(Answer answer, int status) {
        QueryJson object = renderer.object(answer.query(), withoutValues(answer.outcome()), answer.completedAt());
        return new QueryRecord(
                answer.query().id(),
                answer.query().integratorId(),
                answer.query().siteId(),
                answer.query().createdAt(),
                answer.completedAt(),
                status,
                new String(renderer.bytes(object), StandardCharsets.UTF_8));
    }

    /** A record outlives the answer by days; what came out of the practice's database must not. */
    private static Outcome withoutValues(Outcome outcome) {
        List<Parameter> none = List.of();
        if (outcome instanceof Outcome.Rows rows) {
            return new Outcome.Rows(rows.rows(), rows.size(), rows.storage(), none, rows.timing());
        }
        return outcome instanceof Outcome.Affected affected
                ? new Outcome.Affected(affected.rowsAffected(), none, affected.timing())
                : outcome;
    }
}
