package dev.halo.registry.authority;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.site.PmsType;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FingerprintTest {

    private static final Fingerprint SEEN = Fingerprint.builder("a>b")
            .add("DB1", "move", 1)
            .add("DB2", "move", 1)
            .build();

    @Test
    void theSameIsTheSame() {
        Fingerprint again = Fingerprint.builder("a>b")
                .add("DB2", "move", 1)
                .add("DB1", "move", 1)
                .build();
        assertThat(again.is(SEEN.text())).isTrue();
    }

    @Test
    void whatChangedIsNamed() {
        // Given DB1 changed, DB2 is gone and DB3 is new
        Fingerprint now = Fingerprint.builder("a>b")
                .add("DB1", "move", 2)
                .add("DB3", "move", 1)
                .build();

        // When
        List<String> changed = now.changedSince(SEEN.text(), Set.of("DB1", "DB2", "DB3", "DB4"));

        // Then
        assertThat(now.is(SEEN.text())).isFalse();
        assertThat(changed).containsExactly("DB1", "DB3", "DB2");
    }

    @Test
    void ofOtherLinksItIsAnother() {
        Fingerprint others = Fingerprint.builder("a>c")
                .add("DB1", "move", 1)
                .add("DB2", "move", 1)
                .build();
        assertThat(others.is(SEEN.text())).isFalse();
        assertThat(others.changedSince(SEEN.text(), Set.of())).isEmpty();
    }

    @Test
    void anotherNameOfAPracticeIsAChange() {
        String seen = plan("Main Street Clinic").fingerprint().text();
        assertThat(plan("Main Street Clinic").fingerprint().is(seen)).isTrue();
        assertThat(plan("Other Clinic").fingerprint().is(seen)).isFalse();
        assertThat(plan("Other Clinic").fingerprint().changedSince(seen, Set.of("DB1")))
                .containsExactly("DB1");
    }

    private static SwitchPlan plan(String practiceName) {
        UUID one = new UUID(0, 1);
        UUID other = new UUID(0, 2);
        return new SwitchPlan(
                one,
                other,
                List.of(new SwitchPlan.Move(PmsType.ZEDMED, "DB1", "Main Street Clinic", one, other, practiceName, 1)),
                List.of(),
                List.of(),
                List.of());
    }

    @Test
    void factsDoNotRunIntoEachOther() {
        Fingerprint one =
                Fingerprint.builder("a>b").add("DB1", "move", "x\ny", "z").build();
        Fingerprint another =
                Fingerprint.builder("a>b").add("DB1", "move", "x", "y\nz").build();
        assertThat(one.is(another.text())).isFalse();
    }

    @Test
    void nonsenseIsNoFingerprint() {
        assertThat(SEEN.is("")).isFalse();
        assertThat(SEEN.changedSince("", Set.of())).containsExactly("DB1", "DB2");
        assertThat(SEEN.changedSince("x".repeat(40), Set.of())).containsExactly("DB1", "DB2");
    }
}
