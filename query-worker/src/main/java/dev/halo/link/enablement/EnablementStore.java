package dev.halo.link.enablement;

import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.identity.DataDirectoryException;
import dev.halo.link.identity.SealedFile;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** The integrators' database users and their secrets, sealed in the data directory. */
public final class EnablementStore {

    /** Its file in the data directory. */
    public static final String FILE = "integrators.sealed";

    private static final int MAX_ENTRIES = 5_000;

    private final SealedFile file;
    private volatile List<EnabledIntegrator> entries;

    private record Stored(List<EnabledIntegrator> integrators) {}

    /** @throws DataDirectoryException if the file cannot be opened */
    public EnablementStore(SealedFile file) {
        this.file = file;
        try {
            this.entries = file.read()
                    .map(bytes -> List.copyOf(Json.read(bytes, Stored.class).integrators()))
                    .orElse(List.of());
        } catch (MalformedMessage | NullPointerException e) {
            throw new DataDirectoryException("the sealed integrators are not readable by this version of the Link", e);
        }
    }

    /** Those of a site, or all for null. */
    public List<EnabledIntegrator> of(UUID siteId) {
        return entries.stream()
                .filter(entry -> siteId == null || entry.login().siteId().equals(siteId))
                .toList();
    }

    /** The database user of an integrator at a site. */
    public Optional<IntegratorLogin> login(UUID siteId, UUID integratorId) {
        for (EnabledIntegrator entry : entries) {
            IntegratorLogin login = entry.login();
            if (login.integratorId().equals(integratorId) && login.siteId().equals(siteId)) {
                return Optional.of(login);
            }
        }
        return Optional.empty();
    }

    /** Adds an integrator, or replaces what was known of it at its site. */
    public void put(EnabledIntegrator entry) throws IOException {
        IntegratorLogin login = entry.login();
        change(old -> {
            List<EnabledIntegrator> next = without(old, login.siteId(), login.integratorId());
            next.add(entry);
            return next;
        });
    }

    /** Forgets an integrator at a site; its secret is gone from the disk on return. */
    public void remove(UUID siteId, UUID integratorId) throws IOException {
        change(old -> without(old, siteId, integratorId));
    }

    /** A site has got a new Halo GUID: its database users stay. */
    public void rename(UUID oldSiteId, UUID newSiteId) throws IOException {
        change(old ->
                old.stream().map(entry -> moved(entry, oldSiteId, newSiteId)).toList());
    }

    private static EnabledIntegrator moved(EnabledIntegrator entry, UUID from, UUID to) {
        IntegratorLogin login = entry.login();
        if (!login.siteId().equals(from)) {
            return entry;
        }
        return new EnabledIntegrator(
                new IntegratorLogin(to, login.integratorId(), login.user(), login.secret(), login.role()),
                entry.name(),
                entry.enabledAt());
    }

    private static List<EnabledIntegrator> without(List<EnabledIntegrator> old, UUID siteId, UUID integratorId) {
        List<EnabledIntegrator> next = new ArrayList<>(old);
        next.removeIf(entry -> entry.login().siteId().equals(siteId)
                && entry.login().integratorId().equals(integratorId));
        return next;
    }

    private synchronized void change(UnaryOperator<List<EnabledIntegrator>> change) throws IOException {
        List<EnabledIntegrator> next = List.copyOf(change.apply(entries));
        if (next.size() > MAX_ENTRIES) {
            throw new IOException("more than " + MAX_ENTRIES + " integrators are enabled on this server");
        }
        file.write(Json.bytes(new Stored(next)));
        entries = next;
    }
}
