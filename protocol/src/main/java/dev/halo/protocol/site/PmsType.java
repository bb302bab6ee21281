package dev.halo.protocol.site;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;

/** A practice management system, with its two spellings in the integrator API. Zedmed is the one served. */
public enum PmsType {
    BEST_PRACTICE("BestPractice", "Best Practice"),
    ZEDMED("Zedmed", "Zedmed"),
    D4W("D4w", "D4w");

    private final String bodyName;
    private final String queryName;

    PmsType(String bodyName, String queryName) {
        this.bodyName = bodyName;
        this.queryName = queryName;
    }

    /** The spelling in bodies ({@code pmsType}). */
    @JsonValue
    public String bodyName() {
        return bodyName;
    }

    /** The spelling of the query parameter {@code practiceManagementName}. */
    public String queryName() {
        return queryName;
    }

    public static Optional<PmsType> fromQueryName(String name) {
        for (PmsType value : values()) {
            if (value.queryName.equals(name)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    @JsonCreator
    public static PmsType fromBodyName(String name) {
        for (PmsType value : values()) {
            if (value.bodyName.equals(name)) {
                return value;
            }
        }
        throw new IllegalArgumentException("must be one of BestPractice, Zedmed, D4w");
    }
}
