package dev.halo.messaging;

import dev.halo.protocol.topic.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a group has read a topic. It tells whether all that was in the topic at a moment has been handled, by whichever
 * member, before something is concluded from what was not heard.
 */
public final class GroupOffsets implements AutoCloseable {

    private final Admin admin;
    private final String topic;
    private final String group;
    private final int partitions;

    /** @param group without the deployment's prefix */
    public GroupOffsets(KafkaSettings settings, Topic topic, String group) {
        this.admin = KafkaClients.admin(settings, "halo-offsets-" + group);
        this.topic = topic.name(settings.topicPrefix());
        this.group = settings.topicPrefix() + group;
        this.partitions = topic.partitions();
    }

    /** The end of each partition now, by its number. */
    public CompletionStage<long[]> ends() {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            asked.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        return admin.listOffsets(asked).all().toCompletionStage().thenApply(this::ends);
    }

    /** Whether the group has handled all before these ends. */
    public CompletionStage<Boolean> hasReached(long[] ends) {
        return admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .toCompletionStage()
                .thenApply(committed -> reached(committed, ends));
    }

    @Override
    public void close() {
        admin.close();
    }

    private long[] ends(Map<TopicPartition, ListOffsetsResultInfo> found) {
        long[] ends = new long[partitions];
        found.forEach((partition, info) -> ends[partition.partition()] = info.offset());
        return ends;
    }

    private boolean reached(Map<TopicPartition, OffsetAndMetadata> committed, long[] ends) {
        for (int partition = 0; partition < ends.length; partition++) {
            OffsetAndMetadata at = committed.get(new TopicPartition(topic, partition));
            if ((at == null ? 0 : at.offset()) < ends[partition]) {
                return false;
            }
        }
        return true;
    }
}
