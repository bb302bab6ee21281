package dev.halo.registry.paging;

import dev.halo.registry.error.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.reactive.mutiny.Mutiny;

/** The conditions of a query, of which only those that the caller asked for become part of it. */
public final class Filter {

    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> parameters = new HashMap<>();

    /**
     * Adds a condition where there is a value.
     *
     * @param condition uses {@code parameter} and nothing that came from outside
     * @param value null: no such condition; text with a NUL is refused with 400
     */
    public Filter and(String condition, String parameter, Object value) {
        if (value instanceof String text && text.indexOf('\0') >= 0) {
            // PostgreSQL knows no such character and fails where it is asked for one.
            throw ApiException.badRequest(parameter + ": must not hold control characters");
        }
        if (value != null) {
            conditions.add(condition);
            parameters.put(parameter, value);
        }
        return this;
    }

    /** The {@code where}, empty without conditions. */
    public String where() {
        return conditions.isEmpty() ? " " : " where (" + String.join(") and (", conditions) + ") ";
    }

    /** Gives the query the values. */
    public <Q extends Mutiny.AbstractQuery> Q bind(Q query) {
        parameters.forEach((name, value) -> query.setParameter(name, value));
        return query;
    }
}
