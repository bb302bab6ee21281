package dev.halo.gateway.access;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.regex.Pattern;

/** The W3C trace context that goes with a query. */
public final class Traces {

    private static final Pattern TRACEPARENT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private Traces() {}

    /** Of this request's span; where tracing is off, what the caller sent; else null. */
    public static String current(ContainerRequestContext request) {
        SpanContext span = Span.current().getSpanContext();
        if (span.isValid()) {
            return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                    + span.getTraceFlags().asHex();
        }
        String sent = request.getHeaderString("traceparent");
        return sent != null && TRACEPARENT.matcher(sent).matches() ? sent : null;
    }
}
