package dev.halo.gateway.site;

import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.view.PmsKey;
import dev.halo.protocol.site.PmsType;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Reads the two query parameters by which a practice is named. */
public final class PmsQuery {

    /** Longer than any PMS ID. */
    private static final int MAX_ID_CHARS = 200;

    private final String sharedDeveloperId;

    /** @param sharedDeveloperId the Database ID that all developer licences have in common */
    public PmsQuery(String sharedDeveloperId) {
        this.sharedDeveloperId = sharedDeveloperId;
    }

    /**
     * The practice that is meant.
     *
     * @throws Refusal 400 naming the parameter and what is wrong with it
     */
    public PmsKey parse(String practiceManagementSiteId, String practiceManagementName) {
        if (practiceManagementSiteId == null || practiceManagementSiteId.isBlank()) {
            throw Refusal.invalid("The query parameter practiceManagementSiteId is required.");
        }
        if (practiceManagementSiteId.length() > MAX_ID_CHARS) {
            throw Refusal.invalid(
                    "The query parameter practiceManagementSiteId must have at most " + MAX_ID_CHARS + " characters.");
        }
        if (practiceManagementName == null || practiceManagementName.isBlank()) {
            throw Refusal.invalid("The query parameter practiceManagementName is required: one of " + names() + ".");
        }
        PmsType type = PmsType.fromQueryName(practiceManagementName)
                .orElseThrow(() ->
                        Refusal.invalid("The query parameter practiceManagementName must be one of " + names() + "."));
        String id = practiceManagementSiteId.strip();
        if (type == PmsType.ZEDMED && id.equalsIgnoreCase(sharedDeveloperId)) {
            throw Refusal.invalid("practiceManagementSiteId " + sharedDeveloperId + " is shared by all databases with a"
                    + " developer licence, so it names none of them. Use the site's own fake id instead: the first"
                    + " eight characters of its Halo GUID.");
        }
        return new PmsKey(type, id);
    }

    private static String names() {
        return Arrays.stream(PmsType.values()).map(PmsType::queryName).collect(Collectors.joining(", "));
    }
}
