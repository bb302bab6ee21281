package dev.halo.registry.announcement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.announcement.AnnouncementRules.Known;
import dev.halo.registry.announcement.Verdict.Kept;
import dev.halo.registry.announcement.Verdict.NewGuidNeeded;
import dev.halo.registry.announcement.Verdict.Refused;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.site.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AnnouncementRulesTest {

    private static final UUID LINK = UUID.randomUUID();
    private static final UUID SITE = UUID.fromString("0a1b2c3d-1111-4222-8333-444455556666");
    private static final PmsKey KEY = new PmsKey(PmsType.ZEDMED, "1001");
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private final AnnouncementRules production = new AnnouncementRules(Environment.PRODUCTION, "DEVELOPER");
    private final AnnouncementRules stage = new AnnouncementRules(Environment.STAGE, "DEVELOPER");

    private static AnnouncedSite announced(UUID siteId, String databaseId, LicenceKind kind) {
        return new AnnouncedSite(siteId, PmsType.ZEDMED, databaseId, "P", "38", kind, List.of(), List.of());
    }

    private static Site known(UUID siteId, String databaseId, LicenceKind kind, SiteStatus status) {
        AnnouncedSite as = announced(siteId, databaseId, kind);
        Site site = Site.announcedFirst(LINK, as, NOW, 0);
        site.announce(as, "1.0", status, null, NOW, Duration.ofHours(1));
        return site;
    }

    private static Known knowing(Site... own) {
        return new Known(
                java.util.Arrays.stream(own).collect(java.util.stream.Collectors.toMap(Site::id, site -> site)),
                Set.of(),
                Set.of(),
                false,
                Set.of(KEY));
    }

    private static Verdict only(AnnouncementRules rules, AnnouncedSite site, Known known) {
        return rules.judge(List.of(site), known).get(site.siteId());
    }

    private static void assertInitialising(Verdict verdict, String problem) {
        assertThat(verdict).isInstanceOfSatisfying(Kept.class, kept -> {
            assertThat(kept.status()).isEqualTo(SiteStatus.INITIALISING);
            assertThat(kept.problem()).contains(problem);
        });
    }

    @Test
    void anEntitledSiteIsActive() {
        assertThat(only(production, announced(SITE, "1001", LicenceKind.STANDARD), knowing()))
                .isEqualTo(Kept.active());
    }

    @Test
    void oneThatIsNotEntitledWaits() {
        assertInitialising(only(production, announced(SITE, "1002", LicenceKind.STANDARD), knowing()), "approve");
    }

    @Test
    void entitledToAnyIsEntitledToAll() {
        Known any = new Known(Map.of(), Set.of(), Set.of(), true, Set.of());
        assertThat(only(production, announced(SITE, "1002", LicenceKind.STANDARD), any))
                .isEqualTo(Kept.active());
    }

    @Test
    void theLicenceMustFitTheEnvironment() {
        assertInitialising(
                only(production, announced(SITE, "0a1b2c3d", LicenceKind.DEVELOPER), knowing()), "stage only");
        assertInitialising(only(stage, announced(SITE, "1001", LicenceKind.STANDARD), knowing()), "developer licence");
        assertInitialising(
                only(production, announced(SITE, "1001", LicenceKind.UNKNOWN), knowing()), "could not be read");
    }

    @Test
    void whatCouldNotBeReadStaysAsItWas() {
        Site before = known(SITE, "1001", LicenceKind.STANDARD, SiteStatus.ACTIVE);
        assertThat(only(production, announced(SITE, "1001", LicenceKind.UNKNOWN), knowing(before)))
                .isEqualTo(Kept.active());
    }

    @Test
    void aFakeIdIsTheFirstEightCharactersOfTheHaloGuid() {
        assertThat(only(stage, announced(SITE, "0a1b2c3d", LicenceKind.DEVELOPER), knowing()))
                .isEqualTo(Kept.active());
        assertThat(only(stage, announced(SITE, "ffffffff", LicenceKind.DEVELOPER), knowing()))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.problem()).contains("0a1b2c3d"));
    }

    @Test
    void aTakenFakeIdNeedsANewHaloGuid() {
        Known taken = new Known(Map.of(), Set.of(), Set.of(new PmsKey(PmsType.ZEDMED, "0a1b2c3d")), true, Set.of());
        assertThat(only(stage, announced(SITE, "0a1b2c3d", LicenceKind.DEVELOPER), taken))
                .isInstanceOf(NewGuidNeeded.class);
    }

    @Test
    void twoHaloGuidsThatBeginAlikeHaveOneFakeId() {
        UUID alike = UUID.fromString("0a1b2c3d-9999-4222-8333-444455556666");
        AnnouncedSite first = announced(SITE, "0a1b2c3d", LicenceKind.DEVELOPER);
        AnnouncedSite second = announced(alike, "0a1b2c3d", LicenceKind.DEVELOPER);

        // Announced together, the second one needs another GUID
        assertThat(stage.judge(List.of(first, second), knowing()))
                .containsEntry(SITE, Kept.active())
                .hasEntrySatisfying(alike, verdict -> assertThat(verdict).isInstanceOf(NewGuidNeeded.class));

        // One after the other as well
        Site own = known(SITE, "0a1b2c3d", LicenceKind.DEVELOPER, SiteStatus.ACTIVE);
        assertThat(stage.judge(List.of(first, second), knowing(own)))
                .containsEntry(SITE, Kept.active())
                .hasEntrySatisfying(alike, verdict -> assertThat(verdict).isInstanceOf(NewGuidNeeded.class));
    }

    @Test
    void theSharedDeveloperIdIsRefusedEverywhere() {
        assertThat(only(stage, announced(SITE, "DEVELOPER", LicenceKind.DEVELOPER), knowing()))
                .isInstanceOf(Refused.class);
        assertThat(only(production, announced(SITE, "developer", LicenceKind.STANDARD), knowing()))
                .isInstanceOf(Refused.class);
    }

    @Test
    void aHaloGuidOfAnotherLinkNeedsANewOne() {
        Known foreign = new Known(Map.of(), Set.of(SITE), Set.of(), true, Set.of());
        assertThat(only(production, announced(SITE, "1001", LicenceKind.STANDARD), foreign))
                .isInstanceOf(NewGuidNeeded.class);
    }

    @Test
    void aHaloGuidKeepsItsPmsId() {
        Site before = known(SITE, "1000", LicenceKind.STANDARD, SiteStatus.ACTIVE);
        assertThat(only(production, announced(SITE, "1001", LicenceKind.STANDARD), knowing(before)))
                .isInstanceOfSatisfying(NewGuidNeeded.class, needed -> assertThat(needed.problem())
                        .contains("1000"));
    }

    @Test
    void whatAnOperatorRemovedStaysRemoved() {
        Site removed = known(SITE, "1001", LicenceKind.STANDARD, SiteStatus.REMOVED);
        assertThat(only(production, announced(SITE, "1001", LicenceKind.STANDARD), knowing(removed)))
                .isInstanceOfSatisfying(
                        Verdict.Gone.class, gone -> assertThat(gone.status()).isEqualTo(SiteStatus.REMOVED));
    }

    @Test
    void ofTwoDatabasesWithOneIdTheKnownOneStays() {
        // Given
        UUID copy = UUID.randomUUID();
        Site original = known(SITE, "1001", LicenceKind.STANDARD, SiteStatus.ACTIVE);

        // When
        var verdicts = production.judge(
                List.of(announced(copy, "1001", LicenceKind.STANDARD), announced(SITE, "1001", LicenceKind.STANDARD)),
                knowing(original));

        // Then
        assertInitialising(verdicts.get(copy), SITE.toString());
        assertThat(verdicts.get(SITE)).isEqualTo(Kept.active());
        assertThat(verdicts.keySet()).containsExactly(copy, SITE);
    }

    @Test
    void theKnownOneHoldsItsIdEvenWhileItIsMissing() {
        UUID copy = UUID.randomUUID();
        Site original = known(SITE, "1001", LicenceKind.STANDARD, SiteStatus.ACTIVE);
        assertInitialising(
                only(production, announced(copy, "1001", LicenceKind.STANDARD), knowing(original)), SITE.toString());
    }

    @Test
    void afterTheKnownOneIsRemovedTheOtherIsActive() {
        UUID copy = UUID.randomUUID();
        Site removed = known(SITE, "1001", LicenceKind.STANDARD, SiteStatus.ACTIVE);
        removed.announce(
                announced(SITE, "1001", LicenceKind.STANDARD),
                "1.0",
                SiteStatus.REMOVED,
                null,
                NOW,
                Duration.ofHours(1));
        assertThat(only(production, announced(copy, "1001", LicenceKind.STANDARD), knowing(removed)))
                .isEqualTo(Kept.active());
    }

    @Test
    void ofTwoNewDatabasesWithOneIdNeitherIsServed() {
        // Given
        UUID copy = UUID.randomUUID();

        // When
        var verdicts = production.judge(
                List.of(announced(SITE, "1001", LicenceKind.STANDARD), announced(copy, "1001", LicenceKind.STANDARD)),
                knowing());

        // Then
        assertInitialising(verdicts.get(SITE), "operator must choose");
        assertInitialising(verdicts.get(copy), "operator must choose");
    }

    @Test
    void aCopyThatIsNotEntitledAnywayChangesNothing() {
        UUID other = UUID.randomUUID();
        var verdicts = production.judge(
                List.of(announced(SITE, "1001", LicenceKind.STANDARD), announced(other, "2002", LicenceKind.STANDARD)),
                knowing());
        assertThat(verdicts.get(SITE)).isEqualTo(Kept.active());
        assertInitialising(verdicts.get(other), "2002");
    }
}
