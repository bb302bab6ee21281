package dev.halo.link.enablement;

import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.firebird.Login;
import dev.halo.link.site.ServedSite;
import dev.halo.link.site.SiteDirectory;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;

/**
 * Which integrators the practice lets in: opens and closes access on an administrator's word, and keeps looking whether
 * it still holds, since a practice may also revoke it inside Firebird.
 */
public final class EnablementService {

    private static final Logger LOG = Logger.getLogger(EnablementService.class);

    private final SiteDirectory sites;
    private final EnablementStore store;
    private final IntegratorAccess access;
    private final Map<Key, Map<String, CatalogueAccess>> seen = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    private record Key(UUID siteId, UUID integratorId) {}

    /** Told of changes, before the command that made them answers. */
    public interface Listener {

        /** An integrator may no longer query a site: what runs for it is to be cancelled now. */
        void disabled(UUID siteId, UUID integratorId);

        /** Who is enabled has changed. */
        void enablementChanged();
    }

    public EnablementService(SiteDirectory sites, EnablementStore store, IntegratorAccess access) {
        this.sites = sites;
        this.store = store;
        this.access = access;
    }

    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** The database user of an integrator at a site; empty where the practice has not enabled it. */
    public Optional<IntegratorLogin> login(UUID siteId, UUID integratorId) {
        return store.login(siteId, integratorId);
    }

    /** What the practice calls an integrator, null where it gave no name. */
    public String name(UUID siteId, UUID integratorId) {
        return store.of(siteId).stream()
                .filter(entry -> entry.login().integratorId().equals(integratorId))
                .map(EnabledIntegrator::name)
                .findFirst()
                .orElse(null);
    }

    /** The integrators that may query at least one catalogue of a site, as far as is known. */
    public List<UUID> enabled(UUID siteId) {
        return store.of(siteId).stream()
                .map(entry -> entry.login().integratorId())
                .filter(integrator -> isOpen(seen.get(new Key(siteId, integrator))))
                .toList();
    }

    /** Until the databases could be asked, what was enabled counts as enabled: they decide on each connection anyway. */
    private static boolean isOpen(Map<String, CatalogueAccess> catalogues) {
        return catalogues == null
                || catalogues.containsValue(CatalogueAccess.ENABLED)
                || catalogues.containsValue(CatalogueAccess.UNREACHABLE);
    }

    /** What was last seen of each integrator of a site, by catalogue. */
    public Map<String, CatalogueAccess> access(UUID siteId, UUID integratorId) {
        return seen.getOrDefault(new Key(siteId, integratorId), Map.of());
    }

    /** Everything that is stored, of one site or of all for null. */
    public List<EnabledIntegrator> list(UUID siteId) {
        return store.of(siteId);
    }

    /**
     * Lets an integrator in, in every catalogue of the site.
     *
     * @throws AccessException saying why not
     */
    public void enable(Login administrator, ServedSite site, UUID integratorId, String name) throws AccessException {
        boolean again = store.login(site.siteId(), integratorId).isPresent();
        IntegratorLogin login = access.enable(administrator, integratorId, site.databases());
        try {
            store.put(new EnabledIntegrator(login, name, Instant.now()));
        } catch (IOException e) {
            access.disable(administrator, integratorId, site.databases());
            throw new AccessException(
                    "the integrator's secret cannot be kept in the data directory: " + e.getMessage(), e);
        }
        LOG.infof("event=integrator_enabled site=%s integrator=%s", site.siteId(), integratorId);
        if (again) {
            // Its secret is a new one: connections that were opened with the old one must not live on.
            listeners.forEach(listener -> listener.disabled(site.siteId(), integratorId));
        }
        look(site, login);
        listeners.forEach(Listener::enablementChanged);
    }

    /**
     * Shuts an integrator out at once: what runs for it is cancelled first, then its user is dropped.
     *
     * @throws AccessException if a database could not be told; the Link refuses the integrator all the same
     */
    public void disable(Login administrator, ServedSite site, UUID integratorId) throws AccessException {
        try {
            store.remove(site.siteId(), integratorId);
        } catch (IOException e) {
            throw new AccessException("the data directory cannot be written: " + e.getMessage(), e);
        } finally {
            seen.remove(new Key(site.siteId(), integratorId));
            listeners.forEach(listener -> listener.disabled(site.siteId(), integratorId));
            // The cloud hears of it now: a database that does not answer could take minutes.
            listeners.forEach(Listener::enablementChanged);
        }
        LOG.infof("event=integrator_disabled site=%s integrator=%s", site.siteId(), integratorId);
        access.disable(administrator, integratorId, site.databases());
    }

    /** Looks at every login again; blocks for the databases' connect time-outs. */
    public void lookAtAll() {
        boolean changed = false;
        for (ServedSite site : sites.served()) {
            for (EnabledIntegrator entry : store.of(site.siteId())) {
                changed |= look(site, entry.login());
            }
        }
        if (changed) {
            listeners.forEach(Listener::enablementChanged);
        }
    }

    private boolean look(ServedSite site, IntegratorLogin login) {
        Key key = new Key(site.siteId(), login.integratorId());
        Map<String, CatalogueAccess> now = access.check(login, site.databases());
        Map<String, CatalogueAccess> before = seen.put(key, now);
        boolean wasOpen = isOpen(before);
        boolean isOpen = isOpen(now);
        if (wasOpen != isOpen) {
            LOG.infof(
                    "event=integrator_access site=%s integrator=%s open=%s", key.siteId(), key.integratorId(), isOpen);
            if (!isOpen) {
                listeners.forEach(listener -> listener.disabled(key.siteId(), key.integratorId()));
            }
        }
        return wasOpen != isOpen;
    }

    /** A site has got a new Halo GUID. */
    public void siteRenamed(UUID oldSiteId, UUID newSiteId) throws IOException {
        store.rename(oldSiteId, newSiteId);
    }
}
