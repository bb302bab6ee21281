package dev.halo.registry.authority;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sends back of a preview's tag. */
class EntityTagTest {

    @ParameterizedTest
    @ValueSource(strings = {"\"abc\"", "W/\"abc\"", " W/\"abc\" ", "abc"})
    void weakOrStrongItIsThePreviewsFingerprint(String tag) {
        assertThat(AuthorityResource.bare(tag)).isEqualTo("abc");
    }

    @Test
    void aFingerprintThatOnlyLooksWeakStaysWhatItIs() {
        assertThat(AuthorityResource.bare("\"W/abc\"")).isEqualTo("W/abc");
        assertThat(AuthorityResource.bare("xW/abc")).isEqualTo("xW/abc");
    }

    @Test
    void withoutOneThereIsNone() {
        assertThat(AuthorityResource.bare(null)).isNull();
    }
}
