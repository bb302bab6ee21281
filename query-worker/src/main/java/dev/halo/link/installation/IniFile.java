package dev.halo.link.installation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The sections of an INI text. Lines that begin with {@code ;} or {@code #} are comments; names of sections and keys
 * compare without case; of what comes twice the first counts.
 *
 * @param sections in the file's order, by name as written
 * @param problems lines that were left out, and what came twice
 */
record IniFile(Map<String, Map<String, String>> sections, List<IniProblem> problems) {

    static IniFile parse(String text) {
        return new Parser().parse(text);
    }

    /** The value of a key of a section, null where there is none. */
    static String value(Map<String, String> section, String key) {
        return section.get(key.toLowerCase(Locale.ROOT));
    }

    private static final class Parser {
        private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();
        private final Map<String, String> names = new LinkedHashMap<>();
        private final List<IniProblem> problems = new ArrayList<>();
        private String name;
        private Map<String, String> section;

        IniFile parse(String text) {
            String[] lines = text.split("\\R", -1);
            for (int i = 0; i < lines.length; i++) {
                String line = lines[i].strip();
                if (!line.isEmpty() && line.charAt(0) != ';' && line.charAt(0) != '#') {
                    read(line, i + 1);
                }
            }
            return new IniFile(sections, List.copyOf(problems));
        }

        private void read(String line, int number) {
            if (line.charAt(0) == '[') {
                openSection(line, number);
                return;
            }
            int equals = line.indexOf('=');
            if (equals < 1) {
                problems.add(new IniProblem.MalformedLine(number));
            } else if (section == null) {
                problems.add(new IniProblem.KeyOutsideSection(number));
            } else {
                String key = line.substring(0, equals).strip();
                String old = section.putIfAbsent(
                        key.toLowerCase(Locale.ROOT), line.substring(equals + 1).strip());
                if (old != null) {
                    problems.add(new IniProblem.DuplicateKey(name, key, number));
                }
            }
        }

        private void openSection(String line, int number) {
            int end = line.indexOf(']');
            String opened = end < 0 ? "" : line.substring(1, end).strip();
            section = new LinkedHashMap<>();
            name = opened;
            if (opened.isEmpty()) {
                // Its keys belong to no section that has a name: they are read, and left out.
                problems.add(new IniProblem.MalformedLine(number));
                return;
            }
            String first = names.putIfAbsent(opened.toLowerCase(Locale.ROOT), opened);
            if (first == null) {
                sections.put(opened, section);
            } else {
                problems.add(new IniProblem.DuplicateSection(opened, number));
            }
        }
    }
}
