package dev.halo.link.sql;

import dev.halo.protocol.query.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A command's parameters by name: {@code @p} and {@code P} are the same. */
public final class ParameterSet {

    private final Map<String, Parameter> byName = new LinkedHashMap<>();

    private ParameterSet() {}

    /** @throws StatementRefused if a name is empty or given twice */
    public static ParameterSet of(Collection<Parameter> parameters) {
        ParameterSet set = new ParameterSet();
        for (Parameter parameter : parameters) {
            String key = key(parameter.bareName());
            if (key.isEmpty()) {
                throw StatementRefused.badParameter("A parameter has no name.");
            }
            if (set.byName.putIfAbsent(key, parameter) != null) {
                throw StatementRefused.badParameter("Parameter @" + parameter.bareName() + " is given twice.");
            }
        }
        return set;
    }

    /** The form in which names are compared. */
    public static String key(String name) {
        return name.strip().toUpperCase(Locale.ROOT);
    }

    /** The parameters that bring a value, in the integrator's order. */
    public List<Parameter> inputs() {
        return byName.values().stream().filter(p -> p.direction().isInput()).toList();
    }

    /** The parameters that are given back, in the integrator's order. */
    public List<Parameter> outputs() {
        return byName.values().stream().filter(p -> p.direction().isOutput()).toList();
    }

    /**
     * The value for each {@code ?} of a statement.
     *
     * @throws StatementRefused naming what is missing, or is not used
     */
    public List<Parameter> bindings(List<String> names) {
        List<Parameter> bindings = new ArrayList<>(names.size());
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            Parameter parameter = byName.get(key(name));
            if (parameter == null || !parameter.direction().isInput()) {
                missing.add(name);
            } else {
                bindings.add(parameter);
            }
        }
        if (!missing.isEmpty()) {
            throw StatementRefused.badParameter(
                    "The statement uses parameters that were not given a value: " + named(missing) + ".");
        }
        Set<String> used = names.stream().map(ParameterSet::key).collect(Collectors.toSet());
        List<String> surplus = inputs().stream()
                .map(Parameter::bareName)
                .filter(name -> !used.contains(key(name)))
                .toList();
        if (!surplus.isEmpty()) {
            throw StatementRefused.badParameter(
                    "Parameters are given that the statement does not use: " + named(surplus) + ".");
        }
        return bindings;
    }

    /** Names as they are shown to an integrator: each once, with its {@code @}. */
    static String named(Collection<String> names) {
        return names.stream().map(name -> "@" + name).distinct().collect(Collectors.joining(", "));
    }
}
