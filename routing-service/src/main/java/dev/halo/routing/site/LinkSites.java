package dev.halo.routing.site;

import dev.halo.messaging.CompactedView;
import dev.halo.messaging.KafkaSettings;
import dev.halo.protocol.frame.Frame.SiteAuthority;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The registry's word on which sites a Link has, and which of them it may run: the views of {@code halo.sites} and
 * {@code halo.authority}, by Link. What a Link says about its sites is never asked.
 */
public final class LinkSites implements LinkRegistry, AutoCloseable {

    private static final Duration CATCH_UP = Duration.ofMillis(300);

    private record PmsKey(PmsType type, String id) {}

    private final CompactedView<SiteRecord> siteView;
    private final CompactedView<AuthorityRecord> authorityView;
    private final Map<UUID, SiteRecord> sites = new ConcurrentHashMap<>();
    private final Map<UUID, Set<UUID>> sitesOfLink = new ConcurrentHashMap<>();
    private final Map<PmsKey, AuthorityRecord> authorities = new ConcurrentHashMap<>();
    private final Map<String, AuthorityRecord> authorityOfKey = new ConcurrentHashMap<>();
    private final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();

    public LinkSites(KafkaSettings settings) {
        this.siteView = CompactedView.of(
                settings,
                Topic.SITES,
                value -> Json.read(value, SiteRecord.class),
                (current, incoming, record) ->
                        current == null || incoming.version() >= current.version() ? incoming : current,
                CATCH_UP);
        this.authorityView = CompactedView.of(
                settings,
                Topic.AUTHORITY,
                value -> Json.read(value, AuthorityRecord.class),
                (current, incoming, record) ->
                        current == null || incoming.version() >= current.version() ? incoming : current,
                CATCH_UP);
        siteView.addListener(this::siteChanged);
        authorityView.addListener(this::authorityChanged);
    }

    /** Starts to read both topics. */
    public LinkSites start() {
        siteView.start();
        authorityView.start();
        return this;
    }

    /** Completes when both views are loaded. */
    public CompletionStage<Void> loaded() {
        return CompletableFuture.allOf(
                siteView.loaded().toCompletableFuture(), authorityView.loaded().toCompletableFuture());
    }

    @Override
    public CompletionStage<Boolean> catchUp() {
        return siteView.catchUp().thenCombine(authorityView.catchUp(), Boolean::logicalAnd);
    }

    /** Told each Link of which something may have changed, in a view's thread; it must not block. */
    public void addListener(Consumer<UUID> linkChanged) {
        listeners.add(linkChanged);
    }

    @Override
    public boolean belongs(UUID siteId, UUID linkId) {
        SiteRecord site = sites.get(siteId);
        return site != null && site.linkId().equals(linkId);
    }

    @Override
    public boolean isServed(UUID siteId, UUID linkId) {
        SiteRecord site = sites.get(siteId);
        return site != null && site.linkId().equals(linkId) && site.isVisible();
    }

    @Override
    public LinkAuthority of(UUID linkId) {
        List<SiteAuthority> told = new ArrayList<>();
        Map<String, Long> notOurs = new LinkedHashMap<>();
        Map<String, Long> ours = new LinkedHashMap<>();
        for (SiteRecord site : records(linkId)) {
            // Read once, so that the version is that of what is told.
            AuthorityRecord authority = authorities.get(new PmsKey(site.pmsType(), site.pmsId()));
            boolean authoritative = isAuthoritative(site, authority);
            told.add(new SiteAuthority(
                    site.siteId(), site.isVisible(), authoritative, authority == null ? 0 : authority.version()));
            if (authority != null) {
                (authoritative ? ours : notOurs).merge(authority.key(), authority.version(), Math::min);
            }
        }
        // Of two sites with the same PMS ID only one can be authoritative.
        ours.forEach((key, version) -> notOurs.merge(key, version, Math::min));
        return new LinkAuthority(told, notOurs);
    }

    @Override
    public Optional<LinkStatus> status(UUID linkId) {
        List<SiteRecord> all = records(linkId);
        List<SiteRecord> inUse = all.stream()
                .filter(site -> site.status() == SiteStatus.ACTIVE || site.status() == SiteStatus.INITIALISING)
                .toList();
        List<SiteRecord> asked = inUse.isEmpty() ? all : inUse;
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(asked.stream()
                .map(SiteRecord::linkStatus)
                .filter(status -> status != LinkStatus.ACTIVE)
                .findFirst()
                .orElse(LinkStatus.ACTIVE));
    }

    /** Records of the two topics that could not be read. */
    public long malformedRecords() {
        return siteView.malformedRecords() + authorityView.malformedRecords();
    }

    /** How long the slower of the two views has not polled. */
    public Duration sinceLastPoll() {
        Duration ofSites = siteView.sinceLastPoll();
        Duration ofAuthority = authorityView.sinceLastPoll();
        return ofSites.compareTo(ofAuthority) > 0 ? ofSites : ofAuthority;
    }

    @Override
    public void close() {
        siteView.close();
        authorityView.close();
    }

    private List<SiteRecord> records(UUID linkId) {
        return sitesOfLink.getOrDefault(linkId, Set.of()).stream()
                .sorted()
                .map(sites::get)
                .filter(site -> site != null && site.linkId().equals(linkId))
                .toList();
    }

    private static boolean isAuthoritative(SiteRecord site, AuthorityRecord authority) {
        return authority != null
                && site.linkId().equals(authority.linkId())
                && site.siteId().equals(authority.siteId());
    }

    private void siteChanged(String key, Optional<SiteRecord> value) {
        UUID siteId = value.map(SiteRecord::siteId).orElseGet(() -> UUID.fromString(key));
        SiteRecord before = value.isPresent() ? sites.put(siteId, value.get()) : sites.remove(siteId);
        if (before != null
                && value.map(after -> !after.linkId().equals(before.linkId())).orElse(true)) {
            sitesOfLink.computeIfPresent(before.linkId(), (link, ids) -> without(ids, siteId));
            tell(before.linkId());
        }
        value.ifPresent(site -> {
            sitesOfLink.compute(site.linkId(), (link, ids) -> with(ids, siteId));
            tell(site.linkId());
        });
    }

    private void authorityChanged(String key, Optional<AuthorityRecord> value) {
        AuthorityRecord before = value.isPresent() ? authorityOfKey.put(key, value.get()) : authorityOfKey.remove(key);
        if (before != null) {
            authorities.remove(new PmsKey(before.pmsType(), before.pmsId()), before);
        }
        value.ifPresent(after -> authorities.put(new PmsKey(after.pmsType(), after.pmsId()), after));
        Set<UUID> affected = new HashSet<>();
        if (before != null && before.linkId() != null) {
            affected.add(before.linkId());
        }
        value.map(AuthorityRecord::linkId).ifPresent(affected::add);
        affected.forEach(this::tell);
    }

    private void tell(UUID linkId) {
        listeners.forEach(listener -> listener.accept(linkId));
    }

    /** Copies, because the sets are read without a lock; a Link has few sites. */
    private static Set<UUID> with(Set<UUID> ids, UUID siteId) {
        if (ids != null && ids.contains(siteId)) {
            return ids;
        }
        Set<UUID> more = ids == null ? new HashSet<>() : new HashSet<>(ids);
        more.add(siteId);
        return Set.copyOf(more);
    }

    private static Set<UUID> without(Set<UUID> ids, UUID siteId) {
        Set<UUID> fewer = new HashSet<>(ids);
        fewer.remove(siteId);
        return fewer.isEmpty() ? null : Set.copyOf(fewer);
    }
}
