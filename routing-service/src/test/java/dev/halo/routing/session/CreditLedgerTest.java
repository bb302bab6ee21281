package dev.halo.routing.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.query.QueryMode;
import dev.halo.routing.session.CreditLedger.Reservation;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CreditLedgerTest {

    private static final UUID SITE = UUID.randomUUID();
    private static final UUID INTEGRATOR = UUID.randomUUID();

    private final CreditLedger ledger = new CreditLedger(2, 10, 3);

    private static SentQuery query(UUID siteId, long forgetAt) {
        return new SentQuery(UUID.randomUUID(), siteId, INTEGRATOR, QueryMode.IMMEDIATE, 0, null, 0, forgetAt);
    }

    private static SentQuery async() {
        return new SentQuery(UUID.randomUUID(), SITE, INTEGRATOR, QueryMode.ASYNC, -1, null, 0, 1);
    }

    @Test
    void asyncsAndImmediatesDoNotUseUpEachOthersCredit() {
        // Given
        CreditLedger roomy = new CreditLedger(1, 10, 100);
        roomy.credit(SITE, 1);
        roomy.reserve(async());

        // When
        Reservation immediate = roomy.reserve(query(SITE, 1));

        // Then
        assertThat(immediate).isEqualTo(Reservation.RESERVED);
        assertThat(roomy.reserve(async())).isEqualTo(Reservation.NO_CREDIT);
        assertThat(roomy.reserve(query(SITE, 1))).isEqualTo(Reservation.NO_CREDIT);
    }

    @Test
    void asyncsLeaveHalfOfASessionToImmediates() {
        // Given
        CreditLedger bounded = new CreditLedger(1, 10, 4);
        bounded.credit(SITE, 10);
        SentQuery first = async();
        bounded.reserve(first);
        bounded.reserve(async());

        // When
        Reservation third = bounded.reserve(async());

        // Then
        assertThat(third).isEqualTo(Reservation.NO_CREDIT);
        assertThat(bounded.reserve(query(SITE, 1))).isEqualTo(Reservation.RESERVED);
        bounded.finish(first.queryId());
        assertThat(bounded.reserve(async())).isEqualTo(Reservation.RESERVED);
    }

    @Test
    void aSiteThatGaveNoCreditTakesNothing() {
        // When
        Reservation reservation = ledger.reserve(query(SITE, 1));

        // Then
        assertThat(reservation).isEqualTo(Reservation.NO_CREDIT);
    }

    @Test
    void creditIsAnAbsoluteNumber() {
        // Given
        ledger.credit(SITE, 1);
        ledger.credit(SITE, 1);
        SentQuery first = query(SITE, 1);
        ledger.reserve(first);

        // When
        Reservation second = ledger.reserve(query(SITE, 1));

        // Then
        assertThat(second).isEqualTo(Reservation.NO_CREDIT);
        ledger.finish(first.queryId());
        assertThat(ledger.reserve(query(SITE, 1))).isEqualTo(Reservation.RESERVED);
    }

    @Test
    void creditThatFallsBelowWhatRunsTakesNothingUntilThatEnded() {
        // Given
        ledger.credit(SITE, 2);
        SentQuery first = query(SITE, 1);
        ledger.reserve(first);
        ledger.reserve(query(SITE, 1));
        ledger.credit(SITE, 1);

        // When
        ledger.finish(first.queryId());

        // Then
        assertThat(ledger.reserve(query(SITE, 1))).isEqualTo(Reservation.NO_CREDIT);
        assertThat(ledger.unfinished()).isEqualTo(1);
    }

    @Test
    void theSessionAsAWholeIsBounded() {
        // Given
        ledger.credit(SITE, 1_000);
        for (int i = 0; i < 3; i++) {
            ledger.reserve(query(SITE, 1));
        }

        // When
        Reservation fourth = ledger.reserve(query(SITE, 1));

        // Then
        assertThat(fourth).isEqualTo(Reservation.NO_CREDIT);
    }

    @Test
    void onlySoManySitesMayGiveCredit() {
        // Given
        ledger.credit(SITE, 1);
        ledger.credit(UUID.randomUUID(), 1);

        // When
        boolean third = ledger.credit(UUID.randomUUID(), 1);

        // Then
        assertThat(third).isFalse();
        assertThat(ledger.credit(SITE, 5)).isTrue();
    }

    @Test
    void whatNeverEndsDoesNotUseUpCreditForEver() {
        // Given
        ledger.credit(SITE, 1);
        ledger.reserve(query(SITE, 100));

        // When
        int forgotten = ledger.forget(100).size();

        // Then
        assertThat(forgotten).isEqualTo(1);
        assertThat(ledger.reserve(query(SITE, 200))).isEqualTo(Reservation.RESERVED);
    }

    @Test
    void anOutcomeCountsOnce() {
        // Given
        ledger.credit(SITE, 1);
        SentQuery query = query(SITE, 1);
        ledger.reserve(query);

        // When
        ledger.finish(query.queryId());

        // Then
        assertThat(ledger.finish(query.queryId())).isNull();
        assertThat(ledger.find(query.queryId())).isNull();
    }
}
