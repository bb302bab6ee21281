package dev.halo.gateway.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.halo.gateway.body.RowSource;
import dev.halo.gateway.body.RowsBody;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.Timing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Makes the query object of an immediate query that has ended. */
public final class QueryRenderer {

    /** No text of an integrator's or of the database's stands before it, so its first occurrence is the rows' place. */
    private static final byte[] NO_ROWS = "\"data\":\"\"".getBytes(StandardCharsets.US_ASCII);

    private final ObjectMapper mapper;
    private final ObjectWriter writer;

    public QueryRenderer(ObjectMapper mapper) {
        this.mapper = mapper;
        this.writer = mapper.writerFor(QueryJson.class);
    }

    /**
     * The query object, with empty rows.
     *
     * @param outcome anything but {@link Outcome.Released}
     */
    public QueryJson object(ImmediateQuery query, Outcome outcome, Instant completedAt) {
        if (outcome instanceof Outcome.Rows rows) {
            QueryJson.Result result =
                    new QueryJson.Result(rows.rows(), null, rows.size(), "", parameters(rows.parameters()));
            return successful(query, result, rows.timing(), completedAt);
        }
        if (outcome instanceof Outcome.Affected affected) {
            QueryJson.Result result =
                    new QueryJson.Result(null, affected.rowsAffected(), 0, null, parameters(affected.parameters()));
            return successful(query, result, affected.timing(), completedAt);
        }
        if (outcome instanceof Outcome.Failed failed) {
            return failed(query, failed, completedAt);
        }
        throw new IllegalArgumentException("a released query has not ended");
    }

    /** The body of an answer with rows. */
    public RowsBody withRows(QueryJson object, RowSource rows) {
        byte[] json = bytes(object);
        int place = indexOf(json, NO_ROWS) + NO_ROWS.length - 1;
        return new RowsBody(Arrays.copyOf(json, place), rows, Arrays.copyOfRange(json, place, json.length));
    }

    /** The JSON of output values. */
    public String json(List<QueryJson.OutputParameter> parameters) {
        try {
            return mapper.writeValueAsString(parameters);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("output values are always JSON", e);
        }
    }

    /** The JSON of a query object. */
    public byte[] bytes(QueryJson object) {
        try {
            return writer.writeValueAsBytes(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a query object is always JSON", e);
        }
    }

    private static QueryJson successful(
            ImmediateQuery query, QueryJson.Result result, Timing timing, Instant completedAt) {
        return new QueryJson(
                query.id(),
                query.integratorId(),
                query.siteId(),
                QueryMode.IMMEDIATE.wire(),
                "successful",
                query.maxTimeInQueue(),
                query.commandSize(),
                query.requestSize(),
                query.createdAt(),
                completedAt,
                timing(query, timing, true, completedAt),
                new QueryJson.Metrics(timing.sql()),
                result,
                result.size(),
                completedAt,
                null,
                null,
                null);
    }

    private static QueryJson failed(ImmediateQuery query, Outcome.Failed failed, Instant completedAt) {
        QueryFailure failure = failed.failure();
        Timing timing = failed.timing();
        return new QueryJson(
                query.id(),
                query.integratorId(),
                query.siteId(),
                QueryMode.IMMEDIATE.wire(),
                "executionFailed",
                query.maxTimeInQueue(),
                query.commandSize(),
                query.requestSize(),
                query.createdAt(),
                completedAt,
                timing(query, timing, timing.executing() > 0, completedAt),
                null,
                null,
                null,
                completedAt,
                failure.code(),
                failure.message(),
                new QueryJson.ErrorDetails(failure.type().wire(), failure.code(), failure.message()));
    }

    /** The Link reports how long each stage took, not when: its clock decides nothing. */
    private static QueryJson.StatusTiming timing(
            ImmediateQuery query, Timing timing, boolean executed, Instant completedAt) {
        Instant executing = earlier(query.createdAt().plusMillis(timing.queued()), completedAt);
        Instant uploading = earlier(executing.plusMillis(timing.executing()), completedAt);
        return new QueryJson.StatusTiming(
                new QueryJson.Stage(query.createdAt()),
                executed ? new QueryJson.Stage(executing) : null,
                timing.uploading() > 0 ? new QueryJson.Stage(uploading) : null);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** Output values as integrators see them; null where there are none. */
    public static List<QueryJson.OutputParameter> parameters(List<Parameter> parameters) {
        if (parameters.isEmpty()) {
            return null;
        }
        return parameters.stream()
                .map(one -> new QueryJson.OutputParameter(
                        one.name(),
                        one.direction().wire(),
                        one.type() == null ? null : one.type().wire(),
                        one.value(),
                        one.size()))
                .toList();
    }

    private static int indexOf(byte[] text, byte[] wanted) {
        for (int i = 0; i <= text.length - wanted.length; i++) {
            if (Arrays.equals(text, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        throw new IllegalStateException("a query object with rows has a place for them");
    }
}
