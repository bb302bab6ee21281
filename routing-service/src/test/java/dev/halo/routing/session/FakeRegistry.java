package dev.halo.routing.session;

import dev.halo.protocol.frame.Frame.SiteAuthority;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.routing.site.LinkAuthority;
import dev.halo.routing.site.LinkRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A registry whose word the test gives. */
public final class FakeRegistry implements LinkRegistry {

    public final Map<UUID, UUID> linkOfSite = new HashMap<>();
    public final Map<UUID, LinkStatus> statuses = new HashMap<>();
    public boolean authoritative = true;
    public Map<String, Long> versions = Map.of();
    public Runnable onCatchUp = () -> {};

    @Override
    public boolean belongs(UUID siteId, UUID linkId) {
        return linkId.equals(linkOfSite.get(siteId));
    }

    @Override
    public boolean isServed(UUID siteId, UUID linkId) {
        return belongs(siteId, linkId);
    }

    @Override
    public LinkAuthority of(UUID linkId) {
        List<SiteAuthority> sites = linkOfSite.entrySet().stream()
                .filter(entry -> entry.getValue().equals(linkId))
                .map(entry -> new SiteAuthority(entry.getKey(), true, authoritative))
                .toList();
        return new LinkAuthority(sites, versions);
    }

    @Override
    public Optional<LinkStatus> status(UUID linkId) {
        return Optional.ofNullable(statuses.get(linkId));
    }

    @Override
    public CompletionStage<Boolean> catchUp() {
        onCatchUp.run();
        return CompletableFuture.completedFuture(true);
    }
}
