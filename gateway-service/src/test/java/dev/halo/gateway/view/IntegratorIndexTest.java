package dev.halo.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.integrator.IntegratorFact.Integrator;
import dev.halo.protocol.integrator.IntegratorFact.Key;
import dev.halo.protocol.integrator.IntegratorFact.KeySlot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IntegratorIndexTest {

    private final IntegratorIndex index = new IntegratorIndex();
    private final UUID id = UUID.randomUUID();

    @Test
    void aRotatedKeyIsForgotten() {
        apply(integrator(List.of("old"), List.of()));

        apply(integrator(List.of("new"), List.of()));

        assertThat(index.byKeyHash("old")).isEmpty();
        assertThat(index.byKeyHash("new")).isPresent();
    }

    @Test
    void aKeyThatStaysIsKept() {
        apply(integrator(List.of("kept", "old"), List.of()));

        apply(integrator(List.of("new", "kept"), List.of()));

        assertThat(index.byKeyHash("kept")).isPresent();
    }

    @Test
    void aDeletedIntegratorIsForgotten() {
        Integrator integrator = integrator(List.of("key"), List.of());
        apply(integrator);

        index.changed(integrator.key(), Optional.empty());

        assertThat(index.byKeyHash("key")).isEmpty();
    }

    @Test
    void anUnreadableAllowListAdmitsNobody() {
        apply(integrator(List.of("key"), List.of("not an address")));

        assertThat(index.byKeyHash("key").orElseThrow().admits(new byte[] {10, 0, 0, 1}))
                .isFalse();
    }

    @Test
    void webhooksAreThoseOfAnActiveIntegrator() {
        IntegratorFact.Webhooks webhooks = new IntegratorFact.Webhooks("https://example.org", null, null, "sealed");
        assertThat(index.webhooks(id)).isEmpty();

        apply(new Integrator(id, "Integrator", true, List.of(), List.of(), null, webhooks, 1));
        assertThat(index.webhooks(id)).contains(webhooks);

        apply(new Integrator(id, "Integrator", false, List.of(), List.of(), null, webhooks, 2));
        assertThat(index.webhooks(id)).isEmpty();
    }

    @Test
    void pairingsAndEnablementsCountWhileActive() {
        UUID site = UUID.randomUUID();
        apply(new IntegratorFact.Pairing(id, site, true, 1));
        apply(new IntegratorFact.Enablement(id, site, true, null, 1));
        assertThat(index.isPaired(id, site)).isTrue();
        assertThat(index.isEnabled(id, site)).isTrue();

        apply(new IntegratorFact.Pairing(id, site, false, 2));
        apply(new IntegratorFact.Enablement(id, site, false, null, 2));

        assertThat(index.isPaired(id, site)).isFalse();
        assertThat(index.isEnabled(id, site)).isFalse();
    }

    @Test
    void aBreakBetweenTwoEnablingsIsSeenAlsoByWhoSawNeither() {
        UUID site = UUID.randomUUID();
        Instant first = Instant.parse("2026-03-01T12:00:00.001Z");
        Instant second = Instant.parse("2026-03-01T12:00:00.002Z");
        apply(new IntegratorFact.Enablement(id, site, true, first, 1));
        assertThat(index.enabledSince(id, site)).isEqualTo(first);
        assertThat(index.isStillEnabled(id, site, first)).isTrue();

        // When the record between was compacted away
        apply(new IntegratorFact.Enablement(id, site, true, second, 3));

        assertThat(index.isStillEnabled(id, site, first)).isFalse();
        assertThat(index.isStillEnabled(id, site, second)).isTrue();
        assertThat(index.isEnabled(id, site)).isTrue();
    }

    @Test
    void withoutATimeAnEnablementHoldsForAll() {
        UUID site = UUID.randomUUID();
        apply(new IntegratorFact.Enablement(id, site, true, null, 1));

        assertThat(index.isStillEnabled(id, site, Instant.EPOCH)).isTrue();
        apply(new IntegratorFact.Enablement(id, site, false, null, 2));
        assertThat(index.isStillEnabled(id, site, Instant.MAX)).isFalse();
        assertThat(index.enabledSince(id, site)).isNull();
    }

    private void apply(IntegratorFact fact) {
        index.changed(fact.key(), Optional.of(fact));
    }

    private Integrator integrator(List<String> hashes, List<String> allowed) {
        List<Key> keys = hashes.stream()
                .map(hash -> new Key(hash, KeySlot.PRIMARY, false))
                .toList();
        return new Integrator(id, "Integrator", true, keys, allowed, null, null, 1);
    }
}
