package dev.halo.registry.error;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.pgclient.PgException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** The one place where failures become answers. */
public class ErrorMappers {

    private static final Logger LOG = Logger.getLogger(ErrorMappers.class);

    @ServerExceptionMapper
    Response refused(ApiException e) {
        Response.ResponseBuilder response = ErrorEnvelope.response(e.status(), e.getMessage());
        e.retryAfter()
                .ifPresent(after -> response.header(
                        HttpHeaders.RETRY_AFTER, after.plusMillis(999).toSeconds()));
        if (e.status() == Status.UNAUTHORIZED) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        return response.build();
    }

    @ServerExceptionMapper({UnauthorizedException.class, AuthenticationFailedException.class})
    Response unauthorized() {
        return ErrorEnvelope.response(Status.UNAUTHORIZED, "A valid bearer token is needed.")
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .build();
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException e) {
        return ErrorEnvelope.response(Status.FORBIDDEN, "The token does not carry a role that this operation needs.")
                .build();
    }

    @ServerExceptionMapper
    Response invalid(ConstraintViolationException e) {
        String message = e.getConstraintViolations().stream()
                .map(ErrorMappers::describe)
                .sorted(Comparator.naturalOrder())
                .collect(Collectors.joining("; "));
        return ErrorEnvelope.response(Status.BAD_REQUEST, message).build();
    }

    /** Named, because Quarkus has a mapper of its own for it. */
    @ServerExceptionMapper
    Response mismatched(MismatchedInputException e) {
        return malformed(e);
    }

    @ServerExceptionMapper
    Response malformed(JsonProcessingException e) {
        return ErrorEnvelope.response(Status.BAD_REQUEST, describe(e)).build();
    }

    @ServerExceptionMapper
    Response web(WebApplicationException e) {
        if (e.getCause() instanceof JsonProcessingException json) {
            return malformed(json);
        }
        Response.StatusType status = e.getResponse().getStatusInfo();
        if (status.getFamily() == Status.Family.SERVER_ERROR) {
            return failed(e);
        }
        Response.ResponseBuilder response = ErrorEnvelope.response(status, message(status));
        String allow = e.getResponse().getHeaderString(HttpHeaders.ALLOW);
        if (allow != null) {
            response.header(HttpHeaders.ALLOW, allow);
        }
        return response.build();
    }

    @ServerExceptionMapper
    Response failed(Throwable e) {
        // The class alone: messages of drivers can hold values.
        LOG.errorf("event=requestFailed error=%s at=%s", causes(e), where(e));
        return ErrorEnvelope.response(Status.INTERNAL_SERVER_ERROR, "The registry failed; its log says more.")
                .build();
    }

    private static String message(Response.StatusType status) {
        return switch (status.getStatusCode()) {
            case 400 -> "A parameter of the path or the query cannot be read.";
            case 404 -> "There is no such resource.";
            case 405 -> "The resource does not know this method.";
            case 406 -> "The resource is not available in an accepted media type.";
            case 413 -> "The body is too large.";
            case 415 -> "The body must be application/json.";
            default -> status.getReasonPhrase();
        };
    }

    private static String describe(ConstraintViolation<?> violation) {
        List<String> names = new ArrayList<>();
        for (Path.Node node : violation.getPropertyPath()) {
            if (node.getName() != null && !node.getName().startsWith("<")) {
                names.add(node.getName());
            }
            if (node.getIndex() != null && !names.isEmpty()) {
                int last = names.size() - 1;
                names.set(last, names.get(last) + "[" + node.getIndex() + "]");
            }
        }
        // The first two name the Java method and its parameter.
        List<String> field = names.size() > 2 ? names.subList(2, names.size()) : names.subList(1, names.size());
        boolean body = names.size() == 2 && violation.getMessage().startsWith("The body");
        return body ? violation.getMessage() : String.join(".", field) + ": " + violation.getMessage();
    }

    private static String describe(JsonProcessingException e) {
        if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
            return "The body is not valid JSON of the shape that is asked for.";
        }
        StringBuilder field = new StringBuilder();
        for (JsonMappingException.Reference reference : mapping.getPath()) {
            if (reference.getFieldName() == null) {
                field.append('[').append(reference.getIndex()).append(']');
            } else {
                field.append(field.isEmpty() ? "" : ".").append(reference.getFieldName());
            }
        }
        Throwable cause = mapping.getCause();
        boolean ours = cause instanceof IllegalArgumentException
                && cause.getMessage() != null
                && cause.getMessage().startsWith("must be");
        return field + ": " + (ours ? cause.getMessage() : "is not valid");
    }

    private static String causes(Throwable e) {
        StringBuilder text = new StringBuilder();
        Throwable cause = e;
        for (int depth = 0; cause != null && depth < 5; depth++, cause = cause.getCause()) {
            text.append(depth == 0 ? "" : " < ").append(cause.getClass().getName());
            if (cause instanceof PgException pg) {
                text.append('(').append(pg.getSqlState()).append(')');
            }
        }
        return text.toString();
    }

    private static String where(Throwable e) {
        for (StackTraceElement frame : e.getStackTrace()) {
            if (frame.getClassName().startsWith("dev.halo.")) {
                return frame.toString();
            }
        }
        return "unknown";
    }
}
