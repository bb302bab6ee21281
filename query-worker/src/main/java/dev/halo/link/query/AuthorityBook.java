package dev.halo.link.query;

import dev.halo.protocol.frame.Frame.SiteAuthority;
import dev.halo.protocol.link.LinkMessages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The registry's word on which of its sites this Link may serve; a site without a word is not served. Bridges and the
 * registry's own answers bring it, each as old as its view: of two words on a site's authority that of the higher version
 * counts, so that whoever lags cannot give back what a switch took away.
 */
public final class AuthorityBook {

    /** More than a Link has sites, those that it no longer has included. */
    private static final int REMEMBERED = 4 * LinkMessages.MAX_SITES;

    private final Map<UUID, SiteAuthority> known = new HashMap<>();
    /** Also of sites that the last word did not name. */
    private final Map<UUID, SiteAuthority> newest = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, SiteAuthority> eldest) {
            return size() > REMEMBERED;
        }
    };

    private final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();

    /** Told of each site that may no longer be served. */
    public void onLost(Consumer<UUID> listener) {
        listeners.add(listener);
    }

    /** What a bridge says, at the beginning of a session or later, is all there is. */
    public void replace(List<SiteAuthority> sites) {
        apply(sites, true);
    }

    /** What the registry answered; sites that it does not name, or of which a bridge said something newer, stay as they are. */
    public void update(List<SiteAuthority> sites) {
        apply(sites, false);
    }

    private void apply(List<SiteAuthority> sites, boolean fromBridge) {
        List<UUID> lost = new ArrayList<>();
        synchronized (this) {
            Map<UUID, SiteAuthority> next = fromBridge ? new HashMap<>() : new HashMap<>(known);
            for (SiteAuthority site : sites) {
                SiteAuthority before = newest.get(site.siteId());
                if (fromBridge || !isOlder(site, before)) {
                    SiteAuthority merged = merged(before, site);
                    newest.put(site.siteId(), merged);
                    next.put(site.siteId(), merged);
                }
            }
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

    private static boolean isOlder(SiteAuthority now, SiteAuthority before) {
        return before != null && now.version() < before.version();
    }

    /** Of a bridge whose view lags all is believed but the authority; one of the version before tells no versions. */
    private static SiteAuthority merged(SiteAuthority before, SiteAuthority now) {
        if (!isOlder(now, before)) {
            return now;
        }
        boolean authoritative = now.version() == 0 ? now.authoritative() : before.authoritative();
        return new SiteAuthority(now.siteId(), now.active(), authoritative, before.version());
    }

    /** Whether integrators' queries may run on it. */
    public synchronized boolean mayServe(UUID siteId) {
        return isServed(known.get(siteId));
    }

    /** Whether it is known, and in use, as a site that another Link serves. */
    public synchronized boolean isSuperseded(UUID siteId) {
        SiteAuthority site = known.get(siteId);
        return site != null && site.active() && !site.authoritative();
    }

    /** What was last heard of a site. */
    public synchronized Optional<SiteAuthority> of(UUID siteId) {
        return Optional.ofNullable(known.get(siteId));
    }

    private static boolean isServed(SiteAuthority site) {
        return site != null && site.active() && site.authoritative();
    }
}
