package dev.halo.link.query;

import dev.halo.protocol.query.QueryRequest;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Continues the trace of the HTTP call down to the statement. No span holds the statement or its data. */
public final class QueryTracing {

    private static final TextMapGetter<Map<String, String>> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
            return carrier.keySet();
        }

        @Override
        public String get(Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    };

    private final Tracer tracer;
    private final TextMapPropagator propagator;

    public QueryTracing(OpenTelemetry telemetry) {
        this.tracer = telemetry.getTracer("dev.halo.link");
        this.propagator = telemetry.getPropagators().getTextMapPropagator();
    }

    /** Runs a statement in a span of its own. */
    <T> T within(QueryRequest request, Map<String, String> trace, Predicate<T> failed, Supplier<T> statement) {
        Span span = tracer.spanBuilder("halo.link.statement")
                .setParent(propagator.extract(Context.root(), trace, GETTER))
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute("db.system", "firebird")
                .setAttribute("halo.query", request.queryId().toString())
                .setAttribute("halo.site", request.siteId().toString())
                .setAttribute("halo.mode", request.mode().wire())
                .startSpan();
        try (Scope scope = span.makeCurrent()) {
            T result = statement.get();
            if (failed.test(result)) {
                span.setStatus(StatusCode.ERROR);
            }
            return result;
        } finally {
            span.end();
        }
    }
}
