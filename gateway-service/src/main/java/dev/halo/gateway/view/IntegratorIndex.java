package dev.halo.gateway.view;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.integrator.IntegratorFact.Enablement;
import dev.halo.protocol.integrator.IntegratorFact.Integrator;
import dev.halo.protocol.integrator.IntegratorFact.Key;
import dev.halo.protocol.integrator.IntegratorFact.Pairing;
import dev.halo.protocol.integrator.IntegratorFact.Webhooks;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Integrators by the hashes of their keys, pairings and enablements. One thread changes it, any thread reads it. */
public final class IntegratorIndex {

    private static final Logger LOG = Logger.getLogger(IntegratorIndex.class);

    /**
     * An integrator as one of its keys shows it.
     *
     * @param key the one that was found
     * @param restricted whether it has an allow-list at all; a block that cannot be read admits nobody
     * @param allowed its allow-list
     */
    public record KeyHolder(Integrator integrator, Key key, boolean restricted, List<AddressBlock> allowed) {

        /** Whether the integrator may call from this address. */
        public boolean admits(byte[] address) {
            return !restricted || allowed.stream().anyMatch(block -> block.contains(address));
        }
    }

    /**
     * An integrator that is known by its id.
     *
     * @param restricted whether it has an allow-list at all; a block that cannot be read admits nobody
     * @param allowed its allow-list
     */
    public record Known(Integrator integrator, boolean restricted, List<AddressBlock> allowed) {

        /** Whether the integrator may call from this address. */
        public boolean admits(byte[] address) {
            return !restricted || allowed.stream().anyMatch(block -> block.contains(address));
        }
    }

    private final Map<UUID, Known> byId = new ConcurrentHashMap<>();
    private final Map<String, KeyHolder> byHash = new ConcurrentHashMap<>();
    private final Map<String, IntegratorFact> facts = new ConcurrentHashMap<>();

    /** Takes over what the view says of a key now. */
    public void changed(String key, Optional<IntegratorFact> now) {
        IntegratorFact before = now.isPresent() ? facts.put(key, now.get()) : facts.remove(key);
        if (now.orElse(null) instanceof Integrator integrator) {
            List<AddressBlock> allowed = blocks(integrator);
            boolean restricted = !integrator.allowedAddresses().isEmpty();
            byId.put(integrator.integratorId(), new Known(integrator, restricted, allowed));
            for (Key held : integrator.keys()) {
                byHash.put(held.sha256(), new KeyHolder(integrator, held, restricted, allowed));
            }
        }
        if (now.isEmpty() && before instanceof Integrator gone) {
            byId.remove(gone.integratorId());
        }
        if (before instanceof Integrator replaced) {
            for (Key held : replaced.keys()) {
                byHash.computeIfPresent(
                        held.sha256(), (hash, holder) -> holder.integrator() == replaced ? null : holder);
            }
        }
    }

    /** @param sha256 lower-case hex */
    public Optional<KeyHolder> byKeyHash(String sha256) {
        return Optional.ofNullable(byHash.get(sha256));
    }

    /** An integrator, active or suspended. */
    public Optional<Known> byId(UUID integratorId) {
        return Optional.ofNullable(byId.get(integratorId));
    }

    /** Where an integrator is notified; empty where it is not, or is not known or suspended. */
    public Optional<Webhooks> webhooks(UUID integratorId) {
        return facts.get(Integrator.keyOf(integratorId)) instanceof Integrator integrator && integrator.active()
                ? Optional.ofNullable(integrator.webhooks())
                : Optional.empty();
    }

    public boolean isPaired(UUID integratorId, UUID siteId) {
        return facts.get(Pairing.keyOf(integratorId, siteId)) instanceof Pairing pairing && pairing.active();
    }

    /** Whether the practice has enabled the integrator, as its Link reports. */
    public boolean isEnabled(UUID integratorId, UUID siteId) {
        return facts.get(Enablement.keyOf(integratorId, siteId)) instanceof Enablement enablement
                && enablement.active();
    }

    /** Since when the practice has enabled the integrator; null where it has not, or where the registry does not say. */
    public Instant enabledSince(UUID integratorId, UUID siteId) {
        return facts.get(Enablement.keyOf(integratorId, siteId)) instanceof Enablement enablement
                ? enablement.enabledSince()
                : null;
    }

    /**
     * Whether the practice has the integrator enabled, and has not disabled it since.
     *
     * @param since when it was enabled at the moment that matters, as {@link #enabledSince} said then
     */
    public boolean isStillEnabled(UUID integratorId, UUID siteId, Instant since) {
        return facts.get(Enablement.keyOf(integratorId, siteId)) instanceof Enablement enablement
                && enablement.active()
                && (enablement.enabledSince() == null || !since.isBefore(enablement.enabledSince()));
    }

    private static List<AddressBlock> blocks(Integrator integrator) {
        return integrator.allowedAddresses().stream()
                .map(AddressBlock::parse)
                .peek(block -> {
                    if (block.isEmpty()) {
                        LOG.warnf("event=allowListEntryUnreadable integratorId=%s", integrator.integratorId());
                    }
                })
                .flatMap(Optional::stream)
                .toList();
    }
}
