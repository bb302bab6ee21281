package dev.halo.routing.site;

import dev.halo.protocol.frame.Frame.SiteAuthority;
import dev.halo.protocol.json.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a Link is told of its sites, and from which authority records that was made.
 *
 * @param sites in a stable order
 * @param versions of those records by their keys, those first under which the Link may not run its site: for these it is
 *     of interest that the Link knows
 */
public record LinkAuthority(List<SiteAuthority> sites, Map<String, Long> versions) {

    /** A version with the punctuation round it. */
    private static final int BYTES_OF_A_VERSION = 24;

    public LinkAuthority {
        sites = List.copyOf(sites);
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
    }

    /** A Link of which nothing is known. */
    public static LinkAuthority none() {
        return new LinkAuthority(List.of(), Map.of());
    }

    /** As many of the versions, from the first on, as take up so many bytes of JSON at the most. */
    public Map<String, Long> versionsWithin(int maxBytes) {
        Map<String, Long> kept = new LinkedHashMap<>();
        int bytes = 0;
        for (Map.Entry<String, Long> version : versions.entrySet()) {
            bytes += BYTES_OF_A_VERSION + Json.bytes(version.getKey()).length;
            if (bytes > maxBytes) {
                break;
            }
            kept.put(version.getKey(), version.getValue());
        }
        return kept;
    }
}
