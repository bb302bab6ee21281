package dev.halo.registry.authority;

import dev.halo.registry.secret.Secrets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an operator saw before a switch, in a text short enough for a header: a hash of all of it, and for each PMS ID
 * a short hash of its name and of what was said about it. So nothing need be kept between the two calls, and yet a
 * refusal can name what changed.
 */
final class Fingerprint {

    private static final int ALL = 32;
    private static final int PART = 6;

    private final String text;
    private final Map<String, String> names;

    private Fingerprint(String text, Map<String, String> names) {
        this.text = text;
        this.names = names;
    }

    static Builder builder(String subject) {
        return new Builder(subject);
    }

    /** The text, of hexadecimal digits. */
    String text() {
        return text;
    }

    /** Whether the operator saw the same. */
    boolean is(String seen) {
        return text.equals(seen);
    }

    /**
     * The PMS IDs of which something else was said.
     *
     * @param seen the text of another fingerprint, or anything
     * @param known names of PMS IDs that may have been in it and are not any more
     */
    List<String> changedSince(String seen, Collection<String> known) {
        Map<String, String> before = parts(seen);
        Map<String, String> now = parts(text);
        List<String> changed = new ArrayList<>();
        names.forEach((name, key) -> {
            if (!now.get(key).equals(before.get(key))) {
                changed.add(name);
            }
        });
        known.stream()
                .filter(name -> !names.containsKey(name))
                .filter(name -> before.containsKey(key(name)))
                .sorted()
                .forEach(changed::add);
        return changed;
    }

    private static Map<String, String> parts(String text) {
        Map<String, String> parts = new TreeMap<>();
        for (int at = ALL; at + 2 * PART <= text.length(); at += 2 * PART) {
            parts.put(text.substring(at, at + PART), text.substring(at + PART, at + 2 * PART));
        }
        return parts;
    }

    private static String key(String name) {
        return Secrets.sha256(name).substring(0, PART);
    }

    /** Collects the parts. */
    static final class Builder {
        private final String subject;
        private final Map<String, StringBuilder> said = new TreeMap<>();

        private Builder(String subject) {
            this.subject = subject;
        }

        /** Adds to what is said about a PMS ID. */
        Builder add(String pmsId, Object... facts) {
            StringBuilder of = said.computeIfAbsent(pmsId, id -> new StringBuilder());
            for (Object fact : facts) {
                // With its length: a practice's name may hold anything, also what separates facts.
                String text = String.valueOf(fact);
                of.append(text.length()).append(':').append(text).append('\n');
            }
            return this;
        }

        Fingerprint build() {
            Map<String, String> names = new TreeMap<>();
            StringBuilder all = new StringBuilder(subject);
            StringBuilder parts = new StringBuilder();
            said.forEach((name, facts) -> {
                all.append('\n').append(name).append('\n').append(facts);
                names.put(name, key(name));
                parts.append(key(name)).append(Secrets.sha256(facts.toString()), 0, PART);
            });
            return new Fingerprint(Secrets.sha256(all.toString()).substring(0, ALL) + parts, names);
        }
    }
}
