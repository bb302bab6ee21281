package dev.halo.gateway.error;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** The one place where errors become HTTP. */
public final class ErrorAnswers {

    private static final Logger LOG = Logger.getLogger(ErrorAnswers.class);

    /** The answer to a refused request. */
    @ServerExceptionMapper
    public Response refusal(Refusal refusal) {
        return of(refusal);
    }

    /** What the HTTP layer refuses by itself: unknown paths, wrong verbs, wrong media types. */
    @ServerExceptionMapper
    public Response http(WebApplicationException exception) {
        int status = exception.getResponse().getStatus();
        Reason reason = Reason.ofStatus(status);
        if (reason == Reason.INTERNAL) {
            return unexpected(exception);
        }
        Response.ResponseBuilder answer = envelope(reason, words(reason));
        if (exception instanceof NotAllowedException) {
            answer.header(HttpHeaders.ALLOW, exception.getResponse().getHeaderString(HttpHeaders.ALLOW));
        }
        return answer.build();
    }

    /** An operator's token that is missing or no good. */
    @ServerExceptionMapper({UnauthorizedException.class, AuthenticationFailedException.class})
    public Response noToken() {
        return envelope(Reason.UNAUTHENTICATED, "A valid bearer token is needed.")
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .build();
    }

    /** An operator's token without the role. */
    @ServerExceptionMapper
    public Response noRole(ForbiddenException exception) {
        return envelope(Reason.FORBIDDEN, "The token does not carry a role that this operation needs.")
                .build();
    }

    /** A fault of ours: its details go to the log under an id, which is all that the answer says. */
    @ServerExceptionMapper
    public Response fault(Throwable throwable) {
        Throwable cause = throwable instanceof CompletionException && throwable.getCause() != null
                ? throwable.getCause()
                : throwable;
        if (cause instanceof Refusal refusal) {
            return of(refusal);
        }
        if (cause instanceof WebApplicationException http) {
            return http(http);
        }
        return unexpected(cause);
    }

    /** The answer to a refused request. */
    public static Response of(Refusal refusal) {
        Response.ResponseBuilder answer = envelope(refusal.reason(), refusal.getMessage());
        refusal.retryAfter().ifPresent(wait -> answer.header(HttpHeaders.RETRY_AFTER, seconds(wait)));
        return answer.build();
    }

    private static Response unexpected(Throwable cause) {
        UUID id = UUID.randomUUID();
        LOG.errorf(cause, "event=unexpectedFailure id=%s", id);
        return envelope(Reason.INTERNAL, "Something went wrong here. Please give this id to support: " + id)
                .build();
    }

    private static Response.ResponseBuilder envelope(Reason reason, String message) {
        return Response.status(reason.status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(ErrorEnvelope.of(reason, message));
    }

    private static String words(Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> "There is nothing at this path.";
            case WRONG_METHOD -> "This path does not take this method; the Allow header lists those that it takes.";
            case NOT_ACCEPTABLE -> "The answer cannot be given in any of the media types that Accept lists.";
            case WRONG_MEDIA_TYPE -> "The body must be application/json.";
            case TOO_LARGE -> "The body is larger than this path takes.";
            default -> "The request could not be understood.";
        };
    }

    private static long seconds(Duration wait) {
        return Math.max(1, (wait.toMillis() + 999) / 1000);
    }
}
