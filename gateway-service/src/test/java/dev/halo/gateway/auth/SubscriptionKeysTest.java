package dev.halo.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.view.IntegratorIndex;
import dev.halo.protocol.integrator.IntegratorFact.Integrator;
import dev.halo.protocol.integrator.IntegratorFact.Key;
import dev.halo.protocol.integrator.IntegratorFact.KeySlot;
import dev.halo.protocol.site.Environment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SubscriptionKeysTest {

    private static final String KEY = "stage_0123456789";

    private final IntegratorIndex index = new IntegratorIndex();
    private final SubscriptionKeys keys = new SubscriptionKeys(index, Environment.STAGE);

    @Test
    void aGoodKeyIsItsIntegrators() {
        UUID id = publish(true, false);

        Recognition recognition = recognise(KEY);

        assertThat(recognition).isInstanceOfSatisfying(Recognition.Recognised.class, good -> assertThat(
                        good.caller().integratorId())
                .isEqualTo(id));
    }

    @Test
    void eachFailureSaysWhichItIs() {
        assertRejected(keys.recognise(new Credential.None()), "missing", true);
        assertRejected(recognise(" "), "missing", true);
        assertRejected(recognise("prod_0123"), "belongs to the environment production", true);
        assertRejected(recognise(KEY), "not known", false);
        assertRejected(recognise("x".repeat(10_000)), "not known", false);
        publish(true, true);
        assertRejected(recognise(KEY), "revoked", false);
        publish(false, false);
        assertRejected(recognise(KEY), "suspended", false);
    }

    @Test
    void aKeyIsNeverShown() {
        assertThat(new Credential.SubscriptionKey(KEY).toString()).doesNotContain(KEY);
    }

    private static void assertRejected(Recognition recognition, String words, boolean settled) {
        assertThat(recognition).isInstanceOfSatisfying(Recognition.Rejected.class, rejected -> {
            assertThat(rejected.message()).contains(words);
            assertThat(rejected.settled()).isEqualTo(settled);
        });
    }

    private Recognition recognise(String key) {
        return keys.recognise(new Credential.SubscriptionKey(key));
    }

    private UUID publish(boolean active, boolean revoked) {
        Key key = new Key(sha256(KEY), KeySlot.PRIMARY, revoked);
        Integrator integrator =
                new Integrator(UUID.randomUUID(), "Integrator", active, List.of(key), List.of(), null, null, 1);
        index.changed(integrator.key(), Optional.of(integrator));
        return integrator.integratorId();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
