package dev.halo.systemtests.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Builds the body of a query's POST. */
public final class QueryBody {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ObjectNode body = MAPPER.createObjectNode();
    private final ObjectNode command = body.putObject("command");

    private QueryBody(String text) {
        command.put("text", text);
    }

    /** A statement in reader mode. */
    public static QueryBody sql(String text) {
        return new QueryBody(text);
    }

    /** A call of a procedure by its name, in reader mode. */
    public static QueryBody procedure(String name) {
        QueryBody query = new QueryBody(name);
        query.command.put("type", "storedProcedure");
        return query;
    }

    public QueryBody reader() {
        return mode("reader");
    }

    public QueryBody nonQuery() {
        return mode("nonQuery");
    }

    public QueryBody scalar() {
        return mode("scalar");
    }

    public QueryBody mode(String mode) {
        command.put("executionMode", mode);
        return this;
    }

    public QueryBody catalogue(String name) {
        body.put("catalogue", name);
        return this;
    }

    /** How long it may wait in the Link's queue. */
    public QueryBody maxTimeInQueue(int millis) {
        body.put("maxTimeInQueue", millis);
        return this;
    }

    /** An input; a null value is SQL NULL. */
    public QueryBody parameter(String name, String type, String value) {
        return parameter(name, "input", type, value);
    }

    public QueryBody output(String name, String type) {
        return parameter(name, "output", type, null);
    }

    public QueryBody parameter(String name, String direction, String type, String value) {
        command.withArrayProperty("parameters")
                .addObject()
                .put("name", name)
                .put("direction", direction)
                .put("type", type)
                .put("value", value);
        return this;
    }

    /** The same command as a registered query. */
    public String registered(String name, int frequency, int duration) {
        ObjectNode registration = MAPPER.createObjectNode()
                .put("name", name)
                .put("registeredQueryType", "query")
                .put("frequency", frequency)
                .put("duration", duration);
        registration.set("registerCommand", body);
        return registration.toString();
    }

    /** The JSON. */
    @Override
    public String toString() {
        return body.toString();
    }
}
