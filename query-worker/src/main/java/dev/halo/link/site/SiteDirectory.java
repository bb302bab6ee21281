package dev.halo.link.site;

import dev.halo.link.installation.IniProblem;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** The sites as they are now: an immutable view that {@link SiteWatch} replaces, and that everybody else reads. */
public final class SiteDirectory {

    private volatile View view = new View(Map.of(), List.of());
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /**
     * One look at all sites.
     *
     * @param states by section in lower case, in the INI's order
     * @param iniProblems what is wrong with the INI
     */
    public record View(Map<String, SiteState> states, List<IniProblem> iniProblems) {}

    /** Told of changes, on the thread that made them. */
    public interface Listener {

        /** Something that the registry or the bridge must know has changed. */
        void sitesChanged();

        /** A Halo GUID is no longer served by this Link. */
        void siteClosed(UUID siteId);
    }

    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** Every installation that is known, usable or not. */
    public Collection<SiteState> states() {
        return view.states().values();
    }

    public List<IniProblem> iniProblems() {
        return view.iniProblems();
    }

    /** The site of a Halo GUID, as queries address it. */
    public Optional<ServedSite> served(UUID siteId) {
        return served().stream().filter(site -> site.siteId().equals(siteId)).findFirst();
    }

    /** All sites that queries may address. */
    public List<ServedSite> served() {
        return states().stream().flatMap(state -> state.served().stream()).toList();
    }

    Optional<SiteState> state(String section) {
        return Optional.ofNullable(view.states().get(key(section)));
    }

    static String key(String section) {
        return section.toLowerCase(Locale.ROOT);
    }

    /** Replaces everything and tells the listeners what is different. */
    void replace(Map<String, SiteState> states, List<IniProblem> iniProblems) {
        View old = view;
        view = new View(Collections.unmodifiableMap(new LinkedHashMap<>(states)), List.copyOf(iniProblems));
        tell(old, view);
    }

    /** Replaces one installation's state. */
    void replace(SiteState state) {
        Map<String, SiteState> states = new LinkedHashMap<>(view.states());
        states.put(key(state.section()), state);
        replace(states, view.iniProblems());
    }

    private void tell(View before, View after) {
        List<ServedSite> was = servedIn(before);
        List<ServedSite> is = servedIn(after);
        for (ServedSite site : was) {
            if (is.stream().noneMatch(other -> other.siteId().equals(site.siteId()))) {
                listeners.forEach(listener -> listener.siteClosed(site.siteId()));
            }
        }
        if (!was.equals(is)) {
            listeners.forEach(Listener::sitesChanged);
        }
    }

    private static List<ServedSite> servedIn(View view) {
        return view.states().values().stream()
                .flatMap(state -> state.served().stream())
                .toList();
    }
}
