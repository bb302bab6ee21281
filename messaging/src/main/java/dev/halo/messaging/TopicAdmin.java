package dev.halo.messaging;

import dev.halo.protocol.topic.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creates the topics that are missing and checks those that exist. Every service does so at its start, so that none
 * runs on topics whose settings would lose records.
 */
public final class TopicAdmin {

    private final KafkaSettings settings;

    private TopicAdmin(KafkaSettings settings) {
        this.settings = settings;
    }

    /**
     * @throws TopicMismatch if a topic exists with other partitions or settings
     * @throws KafkaUnavailable if the cluster does not answer within {@link KafkaSettings#timeout()}
     */
    public static void ensure(KafkaSettings settings) {
        TopicAdmin topics = new TopicAdmin(settings);
        try (Admin admin = KafkaClients.admin(settings, "halo-topics")) {
            topics.create(admin);
            topics.check(admin);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaUnavailable(settings.bootstrapServers(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable(settings.bootstrapServers(), e);
        }
    }

    private void create(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        Set<String> existing = admin.listTopics().names().get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        List<NewTopic> missing = Arrays.stream(Topic.values())
                .filter(topic -> !existing.contains(topic.name(settings.topicPrefix())))
                .map(this::newTopic)
                .toList();
        for (var created : admin.createTopics(missing).values().entrySet()) {
            try {
                created.getValue().get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                // Services start together: another one was faster.
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private NewTopic newTopic(Topic topic) {
        Map<String, String> config = new HashMap<>(topic.settings());
        config.put("min.insync.replicas", Integer.toString(settings.minInsyncReplicas()));
        return new NewTopic(
                        topic.name(settings.topicPrefix()), topic.partitions(), (short) settings.replicationFactor())
                .configs(config);
    }

    private void check(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        List<String> names = Arrays.stream(Topic.values())
                .map(topic -> topic.name(settings.topicPrefix()))
                .toList();
        Map<String, TopicDescription> descriptions = admin.describeTopics(names)
                .allTopicNames()
                .get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        Map<String, Config> configs = admin
                .describeConfigs(names.stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .all()
                .get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .entrySet()
                .stream()
                .collect(Collectors.toMap(entry -> entry.getKey().name(), Map.Entry::getValue));
        List<String> differences = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            String name = topic.name(settings.topicPrefix());
            int partitions = descriptions.get(name).partitions().size();
            if (partitions != topic.partitions()) {
                differences.add(name + " has " + partitions + " partitions, not " + topic.partitions());
            }
            topic.settings().forEach((key, wanted) -> {
                var found = configs.get(name).get(key);
                if (found == null || !wanted.equals(found.value())) {
                    differences.add(name + " has " + key + "=" + (found == null ? "nothing" : found.value()) + ", not "
                            + wanted);
                }
            });
        }
        if (!differences.isEmpty()) {
            throw new TopicMismatch(differences);
        }
    }

    /** Kafka did not answer in time. */
    public static final class KafkaUnavailable extends KafkaException {
        KafkaUnavailable(String bootstrapServers, Exception cause) {
            super("Kafka at " + bootstrapServers + " does not answer", cause);
        }
    }
}
