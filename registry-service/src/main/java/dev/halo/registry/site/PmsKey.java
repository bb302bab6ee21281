package dev.halo.registry.site;

import dev.halo.protocol.site.PmsType;
import java.io.Serializable;
import java.util.Objects;

/** A PMS ID together with the kind of PMS that gave it. */
public record PmsKey(PmsType pmsType, String pmsId) implements Serializable, Comparable<PmsKey> {

    /** Of a PMS ID, wherever one is given. */
    public static final String PATTERN = "[\\x21-\\x7E]{1,64}";

    /** What is said where it does not fit. */
    public static final String MESSAGE = "must be 1 to 64 visible characters without spaces";

    public PmsKey {
        Objects.requireNonNull(pmsType, "pmsType");
        Objects.requireNonNull(pmsId, "pmsId");
    }

    /** One order for everybody who locks several of them, so that none waits for another in a circle. */
    @Override
    public int compareTo(PmsKey other) {
        int byType = pmsType.compareTo(other.pmsType);
        return byType != 0 ? byType : pmsId.compareTo(other.pmsId);
    }

    @Override
    public String toString() {
        return pmsType.bodyName() + ":" + pmsId;
    }
}
