package dev.halo.routing.site;

import dev.halo.protocol.site.LinkStatus;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The registry's word on Links and their sites, from memory. What a Link says about its sites is never asked. */
public interface LinkRegistry {

    /** Whether the site is known as one of this Link's, in whatever status. */
    boolean belongs(UUID siteId, UUID linkId);

    /** Whether the site is this Link's and in use. */
    boolean isServed(UUID siteId, UUID linkId);

    /** What the Link is told of its sites in its welcome and its authority pushes. */
    LinkAuthority of(UUID linkId);

    /**
     * Whether the Link is trusted; empty where none of its sites is known, as at a Link just enrolled. A site that was
     * taken away no longer hears of its Link, so it is asked only where there is no other.
     */
    Optional<LinkStatus> status(UUID linkId);

    /** Completes, true, when what the registry has published by now is known; false after the limit of 300 ms. */
    CompletionStage<Boolean> catchUp();
}
