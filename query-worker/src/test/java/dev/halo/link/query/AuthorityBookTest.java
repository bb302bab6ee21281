package dev.halo.link.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.frame.Frame.SiteAuthority;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AuthorityBookTest {

    private static final UUID SITE = UUID.randomUUID();

    private final List<UUID> lost = new ArrayList<>();
    private final AuthorityBook book = new AuthorityBook();

    private static List<SiteAuthority> word(boolean authoritative, long version) {
        return List.of(new SiteAuthority(SITE, true, authoritative, version));
    }

    @Test
    void tellsOnceOfASiteThatIsLost() {
        // Given
        book.onLost(lost::add);
        book.replace(word(true, 4));

        // When
        book.replace(word(false, 5));
        book.replace(word(false, 5));

        // Then
        assertThat(lost).containsExactly(SITE);
        assertThat(book.mayServe(SITE)).isFalse();
        assertThat(book.isSuperseded(SITE)).isTrue();
    }

    @Test
    void doesNotBelieveABridgeWhoseViewLags() {
        // Given
        book.replace(word(true, 4));
        book.replace(word(false, 5));

        // When
        book.replace(word(true, 4));

        // Then
        assertThat(book.mayServe(SITE)).isFalse();
    }

    @Test
    void doesNotBelieveALaggingBridgeAfterOneThatDidNotKnowTheSite() {
        // Given
        book.replace(word(false, 5));
        book.replace(List.of());

        // When
        book.replace(word(true, 4));

        // Then
        assertThat(book.mayServe(SITE)).isFalse();
    }

    @Test
    void doesNotBelieveAnAnswerFromBeforeTheSwitch() {
        // Given
        book.replace(word(false, 5));

        // When
        book.update(word(true, 4));
        book.update(word(true, 0));

        // Then
        assertThat(book.mayServe(SITE)).isFalse();
    }

    @Test
    void doesNotBelieveAnAnswerFromBeforeTheApproval() {
        // Given a bridge that knows of the approval
        book.onLost(lost::add);
        book.replace(word(true, 5));

        // When the answer that said "not yet" comes late
        book.update(List.of(new SiteAuthority(SITE, false, false, 0)));

        // Then the site is served on
        assertThat(book.mayServe(SITE)).isTrue();
        assertThat(lost).isEmpty();
    }

    @Test
    void believesAnAnswerOfWhatNoBridgeHasToldYet() {
        // Given
        book.replace(word(true, 5));

        // When
        book.update(word(false, 6));

        // Then
        assertThat(book.mayServe(SITE)).isFalse();
    }

    @Test
    void believesABridgeThatTellsNoVersions() {
        // Given
        book.replace(word(false, 5));

        // When
        book.replace(word(true, 0));

        // Then
        assertThat(book.mayServe(SITE)).isTrue();
    }

    @Test
    void doesNotServeASiteThatIsNotInUse() {
        // When
        book.replace(List.of(new SiteAuthority(SITE, false, true, 5)));

        // Then
        assertThat(book.mayServe(SITE)).isFalse();
        assertThat(book.isSuperseded(SITE)).isFalse();
    }
}
