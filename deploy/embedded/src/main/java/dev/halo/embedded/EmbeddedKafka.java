package dev.halo.embedded;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * One Kafka broker (KRaft, broker and controller in one) inside this JVM, on the loopback address. Topics are never
 * created by use. The folder keeps the data: starting again on the same folder and port continues where it ended.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final String CONTROLLER = "CONTROLLER";

    private final Path directory;
    private final int port;
    private KafkaRaftServer server;

    private EmbeddedKafka(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /**
     * Starts a broker.
     *
     * @param directory keeps the data, made if it does not exist
     * @param port 0 for a free one
     * @throws EmbeddedException when it cannot start
     */
    public static EmbeddedKafka start(Path directory, int port) {
        EmbeddedKafka kafka = new EmbeddedKafka(directory, Ports.orFree(port));
        kafka.start();
        return kafka;
    }

    /** The broker that tests of this JVM share; it ends with the JVM. */
    public static EmbeddedKafka shared() {
        return Shared.KAFKA;
    }

    /** Starts the stopped broker again on its folder and port; does nothing when it runs. */
    public synchronized void start() {
        if (server != null) {
            return;
        }
        try {
            Path log = Files.createDirectories(directory).resolve("log");
            if (!Files.exists(log.resolve("meta.properties"))) {
                format(log);
            }
            KafkaRaftServer starting = new KafkaRaftServer(KafkaConfig.fromProps(settings(log), false), Time.SYSTEM);
            starting.startup();
            server = starting;
        } catch (Exception e) {
            throw new EmbeddedException("Kafka cannot start on port " + port + ": " + e.getMessage(), e);
        }
    }

    /** Stops the broker; the data stays. Does nothing when it is stopped. */
    public synchronized void stop() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** Whether the broker has been started and not stopped. */
    public synchronized boolean isRunning() {
        return server != null;
    }

    /** Value for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Port of the broker. */
    public int port() {
        return port;
    }

    private static void format(Path log) throws Exception {
        new Formatter()
                .setClusterId(Uuid.randomUuid().toString())
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setNodeId(1)
                .setControllerListenerName(CONTROLLER)
                .setMetadataLogDirectory(log.toString())
                .setDirectories(List.of(log.toString()))
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setIgnoreFormatted(true)
                .run();
    }

    private Properties settings(Path log) {
        int controllerPort = Ports.free();
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                "1",
                "controller.quorum.voters",
                "1@127.0.0.1:" + controllerPort,
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port + "," + CONTROLLER + "://127.0.0.1:" + controllerPort,
                "advertised.listeners",
                "PLAINTEXT://127.0.0.1:" + port,
                "controller.listener.names",
                CONTROLLER,
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT",
                "log.dirs",
                log.toString(),
                "auto.create.topics.enable",
                "false"));
        settings.putAll(Map.of(
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "1",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "group.initial.rebalance.delay.ms", "0"));
        settings.putAll(Map.of(
                "num.network.threads", "2",
                "num.io.threads", "4",
                "background.threads", "2",
                "log.cleaner.threads", "1",
                "log.cleaner.dedupe.buffer.size", "2097152",
                "log.segment.bytes", "16777216",
                "log.index.size.max.bytes", "1048576",
                "log.retention.check.interval.ms", "60000"));
        return settings;
    }

    private static final class Shared {
        private static final EmbeddedKafka KAFKA = startShared();

        private static EmbeddedKafka startShared() {
            Path directory = SharedDirectory.create("kafka");
            EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
            SharedDirectory.closeAtExit("kafka", kafka, directory);
            return kafka;
        }
    }
}
