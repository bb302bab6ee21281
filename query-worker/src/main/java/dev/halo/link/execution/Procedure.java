package dev.halo.link.execution;

import dev.halo.link.sql.ParameterSet;
import dev.halo.link.sql.StatementRefused;
import dev.halo.protocol.query.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A stored procedure as the database declares it.
 *
 * @param packageName null for a procedure outside packages
 * @param selectable whether it gives rows
 * @param inputs its arguments, in order
 */
record Procedure(String packageName, String name, boolean selectable, List<Argument> inputs) {

    /** An input argument; one with a default may be left out if no later one is given. */
    record Argument(String name, boolean hasDefault) {}

    /** A call: SQL with a {@code ?} for each binding. */
    record Call(String sql, List<Parameter> bindings) {}

    Procedure {
        inputs = List.copyOf(inputs);
    }

    /**
     * Calls the procedure with the integrator's parameters: by name where a name is the procedure's, by position where none
     * is.
     *
     * @throws StatementRefused naming what is missing, or is not the procedure's
     */
    Call call(ParameterSet parameters) {
        List<Parameter> bindings = arguments(parameters.inputs());
        String arguments =
                bindings.isEmpty() ? "" : bindings.stream().map(b -> "?").collect(Collectors.joining(", ", "(", ")"));
        String qualified = (packageName == null ? "" : quote(packageName) + ".") + quote(name);
        return new Call((selectable ? "SELECT * FROM " : "EXECUTE PROCEDURE ") + qualified + arguments, bindings);
    }

    private List<Parameter> arguments(List<Parameter> given) {
        Map<String, Parameter> byName = new LinkedHashMap<>();
        given.forEach(parameter -> byName.put(ParameterSet.key(parameter.bareName()), parameter));
        List<String> known =
                inputs.stream().map(input -> ParameterSet.key(input.name())).toList();
        boolean named = byName.keySet().stream().anyMatch(known::contains);
        return named || given.isEmpty() ? byName(byName, known) : byPosition(given);
    }

    private List<Parameter> byName(Map<String, Parameter> given, List<String> known) {
        List<String> surplus = given.entrySet().stream()
                .filter(entry -> !known.contains(entry.getKey()))
                .map(entry -> entry.getValue().bareName())
                .toList();
        if (!surplus.isEmpty()) {
            throw StatementRefused.badParameter(
                    "Parameters are given that the procedure does not have: " + at(surplus) + ".");
        }
        List<Parameter> bindings = new ArrayList<>();
        List<String> omitted = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Argument input : inputs) {
            Parameter parameter = given.get(ParameterSet.key(input.name()));
            if (parameter != null) {
                // The database takes arguments by position, so one that is left out cannot be followed by another.
                missing.addAll(omitted);
                omitted.clear();
                bindings.add(parameter);
            } else if (input.hasDefault()) {
                omitted.add(input.name());
            } else {
                missing.add(input.name());
            }
        }
        requireNone(missing);
        return bindings;
    }

    private List<Parameter> byPosition(List<Parameter> given) {
        if (given.size() > inputs.size()) {
            throw StatementRefused.badParameter("Parameters are given that the procedure does not have: "
                    + at(given.subList(inputs.size(), given.size()).stream()
                            .map(Parameter::bareName)
                            .toList())
                    + ".");
        }
        requireNone(inputs.subList(given.size(), inputs.size()).stream()
                .filter(input -> !input.hasDefault())
                .map(Argument::name)
                .toList());
        return given;
    }

    private static void requireNone(List<String> missing) {
        if (!missing.isEmpty()) {
            throw StatementRefused.badParameter(
                    "The procedure needs parameters that were not given: " + at(missing) + ".");
        }
    }

    private static String at(List<String> names) {
        return names.stream().map(name -> "@" + name).collect(Collectors.joining(", "));
    }

    private static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
