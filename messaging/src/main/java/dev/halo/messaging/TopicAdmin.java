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
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates the topics that are missing and checks those that exist. Every service does so at its start, so that none
 * runs on topics whose settings would lose records.
 */
public final class TopicAdmin {

    private static final String MIN_INSYNC_REPLICAS = "min.insync.replicas";
    private static final long PAUSE_MILLIS = 200;

    private final KafkaSettings settings;
    private final Admin admin;
    private final long deadlineNanos;

    private TopicAdmin(KafkaSettings settings, Admin admin) {
        this.settings = settings;
        this.admin = admin;
        this.deadlineNanos = System.nanoTime() + settings.timeout().toNanos();
    }

    /**
     * @throws TopicMismatch if a topic exists with other partitions or settings, or with fewer replicas than configured
     * @throws KafkaUnavailable if the cluster does not answer within {@link KafkaSettings#timeout()}
     * @throws KafkaException if the cluster refuses, for instance because this process may not create topics
     */
    public static void ensure(KafkaSettings settings) {
        try (Admin admin = KafkaClients.admin(settings, "halo-topics")) {
            TopicAdmin topics = new TopicAdmin(settings, admin);
            topics.create();
            topics.check();
        } catch (TimeoutException e) {
            throw new KafkaUnavailable(settings.bootstrapServers(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw new KafkaUnavailable(settings.bootstrapServers(), e);
            }
            throw new KafkaException(
                    "Kafka at " + settings.bootstrapServers() + " refuses to show or create the suite's topics: "
                            + e.getCause().getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable(settings.bootstrapServers(), e);
        }
    }

    private void create() throws ExecutionException, InterruptedException, TimeoutException {
        Set<String> existing = await(admin.listTopics().names());
        List<NewTopic> missing = Arrays.stream(Topic.values())
                .filter(topic -> !existing.contains(name(topic)))
                .map(this::newTopic)
                .toList();
        for (KafkaFuture<Void> created : admin.createTopics(missing).values().values()) {
            try {
                await(created);
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
        config.put(MIN_INSYNC_REPLICAS, Integer.toString(settings.minInsyncReplicas()));
        return new NewTopic(name(topic), topic.partitions(), (short) settings.replicationFactor()).configs(config);
    }

    private void check() throws ExecutionException, InterruptedException, TimeoutException {
        List<String> names = Arrays.stream(Topic.values()).map(this::name).toList();
        Map<String, TopicDescription> descriptions = describe(names);
        List<ConfigResource> resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, Config> configs = await(admin.describeConfigs(resources).all()).entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().name(), Map.Entry::getValue));
        List<String> differences = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            compare(topic, descriptions.get(name(topic)), configs.get(name(topic)), differences);
        }
        if (!differences.isEmpty()) {
            throw new TopicMismatch(differences);
        }
    }

    /** The broker that is asked may not have heard yet of a topic that was just created. */
    private Map<String, TopicDescription> describe(List<String> names)
            throws ExecutionException, InterruptedException, TimeoutException {
        while (true) {
            try {
                return await(admin.describeTopics(names).allTopicNames());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || remainingNanos() <= 0) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    private void compare(Topic topic, TopicDescription found, Config config, List<String> differences) {
        int partitions = found.partitions().size();
        if (partitions != topic.partitions()) {
            differences.add(name(topic) + " has " + partitions + " partitions, not " + topic.partitions());
        }
        int replicas = found.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        if (replicas < settings.replicationFactor()) {
            differences.add(name(topic) + " has " + replicas + " replicas, not " + settings.replicationFactor());
        }
        topic.settings().forEach((key, wanted) -> {
            String value = value(config, key);
            if (!wanted.equals(value)) {
                differences.add(name(topic) + " has " + key + "=" + value + ", not " + wanted);
            }
        });
        String minimum = value(config, MIN_INSYNC_REPLICAS);
        if (minimum == null || Integer.parseInt(minimum) < settings.minInsyncReplicas()) {
            differences.add(name(topic) + " has " + MIN_INSYNC_REPLICAS + "=" + minimum + ", not "
                    + settings.minInsyncReplicas());
        }
    }

    private static String value(Config config, String key) {
        ConfigEntry entry = config.get(key);
        return entry == null ? null : entry.value();
    }

    private String name(Topic topic) {
        return topic.name(settings.topicPrefix());
    }

    private <T> T await(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(Math.max(1, remainingNanos()), TimeUnit.NANOSECONDS);
    }

    private long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }

    /** Kafka did not answer in time. */
    public static final class KafkaUnavailable extends KafkaException {
        KafkaUnavailable(String bootstrapServers, Exception cause) {
            super("Kafka at " + bootstrapServers + " does not answer", cause);
        }
    }
}
