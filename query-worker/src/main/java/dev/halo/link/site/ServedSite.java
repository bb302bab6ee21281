package dev.halo.link.site;

import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.identity.SiteBinding;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A site as queries address it.
 *
 * @param databases the pair, the default catalogue first; empty where the INI cannot say where they are
 */
public record ServedSite(SiteBinding binding, List<SiteDatabase> databases) {
    public ServedSite {
        databases = List.copyOf(databases);
    }

    /** The Halo GUID. */
    public UUID siteId() {
        return binding.siteId();
    }

    /** The database of a catalogue, the default one for null; names compare without case. */
    public Optional<SiteDatabase> catalogue(String name) {
        return databases.stream()
                .filter(database -> name == null || database.catalogue().equalsIgnoreCase(name))
                .findFirst();
    }
}
