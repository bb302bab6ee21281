package dev.halo.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.query.QueryBounds;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TopicTest {

    private static final long TEN_MINUTES = 600_000;

    @ParameterizedTest
    @EnumSource(Topic.class)
    void aSegmentIsClosedWithinTenMinutesAndWithinTheRetention(Topic topic) {
        Map<String, String> settings = topic.settings();

        long segment = Long.parseLong(settings.get("segment.ms"));
        assertThat(segment).isPositive().isLessThanOrEqualTo(TEN_MINUTES);
        if (!topic.isCompacted()) {
            assertThat(segment).isLessThanOrEqualTo(Long.parseLong(settings.get("retention.ms")));
        }
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void aTopicIsEitherCompactedOrDeleted(Topic topic) {
        Map<String, String> settings = topic.settings();

        if (topic.isCompacted()) {
            assertThat(settings)
                    .containsEntry("cleanup.policy", "compact")
                    .containsEntry("max.compaction.lag.ms", "3600000")
                    .doesNotContainKey("retention.ms");
        } else {
            assertThat(settings)
                    .containsEntry("cleanup.policy", "delete")
                    .containsKey("retention.ms")
                    .doesNotContainKey("max.compaction.lag.ms");
        }
    }

    @Test
    void whatIsKeptAndForHowLongIsAsDesigned() {
        assertThat(Topic.QUERIES.settings()).containsEntry("retention.ms", "900000");
        assertThat(Topic.REPLIES.settings()).containsEntry("retention.ms", "600000");
        assertThat(Topic.RESULTS.settings()).containsEntry("retention.ms", "21600000");
        assertThat(Arrays.stream(Topic.values()).filter(Topic::isCompacted))
                .containsExactlyInAnyOrder(
                        Topic.SESSIONS, Topic.SLOT_BEATS, Topic.SITES, Topic.AUTHORITY, Topic.INTEGRATORS);
    }

    @Test
    void aTopicThatIsAddressedBySlotHasAPartitionForEach() {
        assertThat(Topic.QUERIES.partitions()).isEqualTo(Topic.SLOTS);
        assertThat(Topic.REPLIES.partitions()).isEqualTo(Topic.SLOTS);
    }

    @Test
    void beatsAndAuthorityHaveOneOrder() {
        assertThat(Topic.SLOT_BEATS.partitions()).isOne();
        assertThat(Topic.AUTHORITY.partitions()).isOne();
    }

    @Test
    void theLargestMessagesFit() {
        assertThat(Topic.QUERIES.maxMessageBytes()).isGreaterThan(QueryBounds.MAX_REQUEST_BYTES);
        assertThat(Topic.REPLIES.maxMessageBytes()).isGreaterThan(QueryBounds.MAX_INLINE_RESULT_BYTES);
        assertThat(Topic.RESULTS.maxMessageBytes()).isGreaterThan(QueryBounds.MAX_INLINE_RESULT_BYTES);
    }

    @Test
    void aDeploymentsPrefixComesBeforeTheName() {
        assertThat(Topic.QUERIES.name("stage.")).isEqualTo("stage.halo.queries");
        assertThat(Topic.QUERIES.name("")).isEqualTo("halo.queries");
    }
}
