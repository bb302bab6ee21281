package dev.halo.link.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The keys of a row's JSON object: the database's labels, each once. */
public final class ColumnLabels {

    private ColumnLabels() {}

    /**
     * Makes labels unique: the first column of a label keeps it, a later one gets a number from 1 on that is raised until
     * no other column has the result. An empty label becomes {@code Column} and its position, from 1.
     */
    public static List<String> unique(List<String> labels) {
        List<String> named = new ArrayList<>(labels.size());
        for (int i = 0; i < labels.size(); i++) {
            String label = labels.get(i);
            named.add(label == null || label.isBlank() ? "Column" + (i + 1) : label);
        }
        // Later columns keep the labels that the database gave them, so a made-up label must avoid those too.
        Set<String> taken = new HashSet<>(named);
        Set<String> used = new HashSet<>();
        List<String> unique = new ArrayList<>(named.size());
        for (String label : named) {
            unique.add(used.add(label) ? label : free(label, taken));
        }
        return unique;
    }

    private static String free(String label, Set<String> taken) {
        int suffix = 1;
        while (!taken.add(label + suffix)) {
            suffix++;
        }
        return label + suffix;
    }
}
