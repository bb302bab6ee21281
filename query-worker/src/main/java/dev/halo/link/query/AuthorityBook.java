package dev.halo.link.query;

import dev.halo.protocol.frame.Frame.SiteAuthority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The registry's word on which of its sites this Link may serve; a site without a word is not served. */
public final class AuthorityBook {

    private final Map<UUID, SiteAuthority> known = new HashMap<>();
    private final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();

    /** Told of each site that may no longer be served. */
    public void onLost(Consumer<UUID> listener) {
        listeners.add(listener);
    }

    /** A session has opened: what its bridge says is all there is. */
    public void replace(List<SiteAuthority> sites) {
        apply(sites, true);
    }

    /** A change; sites that it does not name stay as they are. */
    public void update(List<SiteAuthority> sites) {
        apply(sites, false);
    }

    private void apply(List<SiteAuthority> sites, boolean all) {
        List<UUID> lost = new ArrayList<>();
        synchronized (this) {
            Map<UUID, SiteAuthority> next = all ? new HashMap<>() : new HashMap<>(known);
            sites.forEach(site -> next.put(site.siteId(), site));
            known.forEach((siteId, before) -> {
                if (isServed(before) && !isServed(next.get(siteId))) {
                    lost.add(siteId);
                }
            });
            known.clear();
            known.putAll(next);
        }
        lost.forEach(siteId -> listeners.forEach(listener -> listener.accept(siteId)));
    }

    /** Whether integrators' queries may run on it. */
    public synchronized boolean mayServe(UUID siteId) {
        return isServed(known.get(siteId));
    }

    /** What was last heard of a site. */
    public synchronized Optional<SiteAuthority> of(UUID siteId) {
        return Optional.ofNullable(known.get(siteId));
    }

    private static boolean isServed(SiteAuthority site) {
        return site != null && site.active() && site.authoritative();
    }
}
