package dev.halo.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.view.AuthorityIndex;
import dev.halo.gateway.view.IntegratorIndex;
import dev.halo.gateway.view.SiteIndex;
import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SiteChecksTest {

    private final SiteIndex sites = new SiteIndex();
    private final AuthorityIndex authority = new AuthorityIndex();
    private final IntegratorIndex integrators = new IntegratorIndex();
    private final SiteChecks checks = new SiteChecks(sites, authority, integrators);
    private final Caller caller = new Caller(UUID.randomUUID(), null);
    private final UUID siteId = UUID.randomUUID();
    private final UUID linkId = UUID.randomUUID();

    @Test
    void theChecksComeInTheirOrder() {
        assertRefused(Reason.NOT_FOUND, "no site");
        publish(SiteStatus.ACTIVE);
        assertRefused(Reason.FORBIDDEN, "superseded");
        authority(siteId);
        assertRefused(Reason.FORBIDDEN, "not paired");
        fact(new IntegratorFact.Pairing(caller.integratorId(), siteId, true, 1));
        assertRefused(Reason.FORBIDDEN, "has not enabled");
        fact(new IntegratorFact.Enablement(caller.integratorId(), siteId, true, null, 1));
        assertRefused(Reason.INVALID, "PATIENTS, DOCUMENTS");

        assertThat(checks.mayQuery(caller, siteId, "DOCUMENTS").siteId()).isEqualTo(siteId);
        assertThat(checks.mayQuery(caller, siteId, null).siteId()).isEqualTo(siteId);
    }

    @Test
    void whatWasQueriedStaysReadableWhereTheSiteIsSuperseded() {
        publish(SiteStatus.ACTIVE);
        authority(UUID.randomUUID());
        fact(new IntegratorFact.Pairing(caller.integratorId(), siteId, true, 1));
        fact(new IntegratorFact.Enablement(caller.integratorId(), siteId, true, null, 1));

        assertThat(checks.mayRead(caller, siteId).siteId()).isEqualTo(siteId);
    }

    @ParameterizedTest
    @EnumSource(value = SiteStatus.class, mode = EnumSource.Mode.EXCLUDE, names = "ACTIVE")
    void onlyActiveSitesExist(SiteStatus status) {
        publish(status);

        assertRefused(Reason.NOT_FOUND, "no site");
    }

    private void assertRefused(Reason reason, String words) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> checks.mayQuery(caller, siteId, "ELSEWHERE"));
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal).hasMessageContaining(words);
    }

    private void publish(SiteStatus status) {
        SiteRecord site = new SiteRecord(
                siteId,
                linkId,
                LinkStatus.ACTIVE,
                PmsType.ZEDMED,
                "DB-1",
                "Practice",
                "1",
                "1",
                List.of(new Catalogue("PATIENTS", true), new Catalogue("DOCUMENTS", false)),
                LicenceKind.STANDARD,
                status,
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                1);
        sites.changed(siteId.toString(), Optional.of(site));
    }

    private void authority(UUID site) {
        AuthorityRecord record = new AuthorityRecord(PmsType.ZEDMED, "DB-1", linkId, site, Instant.EPOCH, 1);
        authority.changed(record.key(), Optional.of(record));
    }

    private void fact(IntegratorFact fact) {
        integrators.changed(fact.key(), Optional.of(fact));
    }
}
