package dev.halo.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows for a terminal. */
final class TextTable {

    private static final int MAX_WIDTH = 40;

    private TextTable() {}

    /** Lines: the labels, a rule, a line for each row. Long values are cut. */
    static List<String> lines(JsonNode rows) {
        Map<String, Integer> widths = new LinkedHashMap<>();
        for (JsonNode row : rows) {
            row.fieldNames()
                    .forEachRemaining(label -> widths.merge(
                            label, Math.max(label.length(), cell(row.get(label)).length()), Math::max));
        }
        if (widths.isEmpty()) {
            return List.of("(no rows)");
        }
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder();
        StringBuilder rule = new StringBuilder();
        widths.forEach((label, width) -> {
            head.append(pad(label, width)).append("  ");
            rule.append("-".repeat(width)).append("  ");
        });
        lines.add(head.toString().stripTrailing());
        lines.add(rule.toString().stripTrailing());
        for (JsonNode row : rows) {
            StringBuilder line = new StringBuilder();
            widths.forEach((label, width) ->
                    line.append(pad(cell(row.get(label)), width)).append("  "));
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String cell(JsonNode value) {
        if (value == null || value.isNull()) {
            return "NULL";
        }
        String text = (value.isValueNode() ? value.asText() : value.toString()).replaceAll("\\p{Cntrl}", " ");
        return text.length() <= MAX_WIDTH ? text : text.substring(0, MAX_WIDTH - 1) + "…";
    }
}
