package dev.halo.link.execution;

import dev.halo.link.sql.ParameterSet;
import dev.halo.link.sql.StatementRefused;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.Parameter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The parameters that an integrator wants back: from the first row of a procedure's outputs, or of RETURNING. */
final class OutputParameters {

    /** Characters of one output as text; larger values belong into a result. */
    private static final int MAX_CHARS = 8 * 1024 * 1024;

    private final List<Parameter> wanted;
    private final List<Parameter> values = new ArrayList<>();
    private boolean read;

    OutputParameters(List<Parameter> wanted) {
        this.wanted = wanted;
    }

    /**
     * Checks that there is a column for each, before anything runs.
     *
     * @throws StatementRefused naming the first without one
     */
    void check(List<Column> columns) {
        sources(columns);
    }

    /** Reads them from the current row, the first time it is called. */
    void read(ResultSet row, List<Column> columns) throws SQLException, IOException {
        if (read || wanted.isEmpty()) {
            return;
        }
        read = true;
        List<Column> sources = sources(columns);
        for (int i = 0; i < wanted.size(); i++) {
            values.add(with(wanted.get(i), sources.get(i).text(row)));
        }
    }

    /** The parameters with their values; null where no row was given. */
    List<Parameter> values() {
        return read ? values : wanted.stream().map(p -> with(p, null)).toList();
    }

    /** By name where one fits; the others by their position among those that are wanted; a return value is the first. */
    private List<Column> sources(List<Column> columns) {
        List<Column> sources = new ArrayList<>(wanted.size());
        int position = 0;
        for (Parameter parameter : wanted) {
            Column source;
            if (parameter.direction() == Direction.RETURN_VALUE) {
                source = at(columns, 0);
            } else {
                Column named = named(columns, parameter.bareName());
                source = named == null ? at(columns, position) : named;
                position++;
            }
            if (source == null) {
                throw StatementRefused.badParameter("Parameter @" + parameter.bareName()
                        + " is an output, but the statement gives no value for it.");
            }
            sources.add(source);
        }
        return sources;
    }

    private static Column at(List<Column> columns, int position) {
        return position < columns.size() ? columns.get(position) : null;
    }

    private static Column named(List<Column> columns, String name) {
        String key = ParameterSet.key(name);
        return columns.stream()
                .filter(column -> column.label().toUpperCase(Locale.ROOT).equals(key))
                .findFirst()
                .orElse(null);
    }

    private static Parameter with(Parameter wanted, String text) {
        if (text != null && text.length() > MAX_CHARS) {
            throw StatementRefused.badParameter(
                    "Parameter @" + wanted.bareName() + " is longer than " + MAX_CHARS + " characters.");
        }
        String value = text == null ? null : Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return new Parameter(wanted.name(), wanted.direction(), wanted.type(), value, wanted.size());
    }
}
