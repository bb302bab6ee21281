package dev.halo.gateway.auth;

import dev.halo.gateway.view.IntegratorIndex;
import dev.halo.gateway.view.IntegratorIndex.KeyHolder;
import dev.halo.protocol.site.Environment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Recognises integrators by their subscription keys. */
public final class SubscriptionKeys {

    /** The request header that carries the key. */
    public static final String HEADER = "Ocp-Apim-Subscription-Key";

    /** Longer than any key that was ever issued. */
    private static final int MAX_LENGTH = 256;

    private final IntegratorIndex integrators;
    private final Environment environment;

    public SubscriptionKeys(IntegratorIndex integrators, Environment environment) {
        this.integrators = integrators;
        this.environment = environment;
    }

    /** Check 1: the key is present, known, active and of this environment. */
    public Recognition recognise(Credential credential) {
        if (!(credential instanceof Credential.SubscriptionKey key)
                || key.text().isBlank()) {
            return new Recognition.Rejected(
                    "The subscription key is missing: send it in the header " + HEADER
                            + ", or a bearer token in the header Authorization.",
                    true);
        }
        String text = key.text().trim();
        for (Environment other : Environment.values()) {
            if (other != environment && text.startsWith(other.keyPrefix())) {
                return new Recognition.Rejected(
                        "The subscription key belongs to the environment " + other.wire() + ", this is "
                                + environment.wire() + ".",
                        true);
            }
        }
        if (text.length() > MAX_LENGTH) {
            return unknown();
        }
        Optional<KeyHolder> holder = integrators.byKeyHash(sha256(text));
        return holder.map(SubscriptionKeys::judge).orElseGet(SubscriptionKeys::unknown);
    }

    /** What may be told of a key that was not recognised: the environment that it names, if any. */
    public static String kindOf(String text) {
        for (Environment environment : Environment.values()) {
            if (text.startsWith(environment.keyPrefix())) {
                return "key:" + environment.keyPrefix();
            }
        }
        return "key:";
    }

    private static Recognition judge(KeyHolder holder) {
        if (holder.key().revoked()) {
            return new Recognition.Rejected("The subscription key has been revoked.", false);
        }
        if (!holder.integrator().active()) {
            return new Recognition.Rejected("The subscription that the key belongs to is suspended.", false);
        }
        Caller caller = new Caller(
                holder.integrator().integratorId(), holder.integrator().tier());
        return new Recognition.Recognised(caller, holder::admits);
    }

    private static Recognition unknown() {
        return new Recognition.Rejected("The subscription key is not known.", false);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
