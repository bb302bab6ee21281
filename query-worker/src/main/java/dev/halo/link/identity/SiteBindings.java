package dev.halo.link.identity;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import dev.halo.protocol.site.LicenceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The Halo GUIDs of this Link. A GUID is made once for each (INI section, Zedmed Database ID) and is on the disk before
 * it is given out; another Database ID in the section is another site, and the first one's GUID comes back with it.
 */
public final class SiteBindings {

    /** Its file in the data directory. */
    public static final String FILE = "sites.json";

    private static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final int MAX_BINDINGS = 5_000;

    private final AtomicFile file;
    private final Supplier<UUID> newGuid;
    private List<SiteBinding> bindings;

    private record Stored(List<SiteBinding> bindings) {}

    /** @throws DataDirectoryException if the file is there but cannot be read: GUIDs are not made anew by accident */
    public SiteBindings(Path directory, Supplier<UUID> newGuid) {
        this.file = new AtomicFile(directory.resolve(FILE), MAX_BYTES);
        this.newGuid = newGuid;
        try {
            this.bindings = file.read()
                    .map(bytes -> List.copyOf(Json.read(bytes, Stored.class).bindings()))
                    .orElse(List.of());
        } catch (IOException | MalformedMessage | NullPointerException e) {
            throw new DataDirectoryException("cannot read " + file.path() + ": " + e.getMessage(), e);
        }
    }

    /**
     * The GUID of what was found in a section, made where it is new, with the facts kept.
     *
     * @throws IOException if it cannot be kept: then the site is not used
     */
    public synchronized SiteBinding bind(
            String section, String databaseId, String practiceName, String zedmedVersion, LicenceKind licenceKind)
            throws IOException {
        Optional<SiteBinding> known = find(isIn(section).and(b -> b.databaseId().equals(databaseId)));
        UUID siteId = known.map(SiteBinding::siteId).orElseGet(newGuid);
        SiteBinding bound =
                new SiteBinding(section, databaseId, siteId, practiceName, zedmedVersion, licenceKind, true);
        if (known.isPresent() && known.get().equals(bound)) {
            return bound;
        }
        if (known.isEmpty() && bindings.size() >= MAX_BINDINGS) {
            throw new IOException("more than " + MAX_BINDINGS + " Halo GUIDs were made on this server");
        }
        List<SiteBinding> next = new ArrayList<>();
        for (SiteBinding binding : bindings) {
            if (!binding.siteId().equals(siteId)) {
                next.add(isIn(section).test(binding) ? binding.asCurrent(false) : binding);
            }
        }
        next.add(bound);
        save(next);
        return bound;
    }

    /** A new GUID for a site whose GUID or fake Database ID another Link owns. */
    public synchronized Optional<SiteBinding> renew(UUID siteId) throws IOException {
        UUID fresh = newGuid.get();
        return replace(binding -> binding.siteId().equals(siteId), binding -> binding.withSiteId(fresh));
    }

    /** What was last found in a section. */
    public synchronized Optional<SiteBinding> current(String section) {
        return find(isIn(section).and(SiteBinding::current));
    }

    /** What was last found in each section that was ever seen. */
    public synchronized List<SiteBinding> current() {
        return bindings.stream().filter(SiteBinding::current).toList();
    }

    private static Predicate<SiteBinding> isIn(String section) {
        return binding -> binding.section().equalsIgnoreCase(section);
    }

    private Optional<SiteBinding> find(Predicate<SiteBinding> which) {
        return bindings.stream().filter(which).findFirst();
    }

    private Optional<SiteBinding> replace(Predicate<SiteBinding> which, UnaryOperator<SiteBinding> change)
            throws IOException {
        Optional<SiteBinding> old = find(which);
        if (old.isEmpty()) {
            return Optional.empty();
        }
        SiteBinding changed = change.apply(old.get());
        save(bindings.stream()
                .map(binding -> Objects.equals(binding, old.get()) ? changed : binding)
                .toList());
        return Optional.of(changed);
    }

    private void save(List<SiteBinding> next) throws IOException {
        file.write(Json.bytes(new Stored(next)));
        bindings = List.copyOf(next);
    }
}
