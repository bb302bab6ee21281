package dev.halo.link.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.cloud.FakeCloud;
import dev.halo.link.config.CloudUrls;
import dev.halo.link.execution.ResultPage;
import dev.halo.link.identity.CredentialStore;
import dev.halo.link.identity.Credentials;
import dev.halo.link.identity.DataDirectory;
import dev.halo.link.identity.KeyFile;
import dev.halo.link.identity.SealedFile;
import dev.halo.link.start.LinkHarness;
import dev.halo.link.start.TestConfig;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import io.vertx.core.Vertx;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageUploaderIT {

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private FakeCloud cloud;
    private DataDirectory data;
    private Spool spool;
    private PageUploader uploader;

    @BeforeEach
    void prepare() throws Exception {
        cloud = new FakeCloud(vertx);
        data = DataDirectory.open(directory.resolve("data"));
        CredentialStore credentials = new CredentialStore(new SealedFile(
                data.path().resolve("c"), KeyFile.open(directory.resolve("keys/link.key"), data, false)));
        credentials.save(new Credentials(cloud.linkId, "secret", cloud.token(), Instant.MAX));
        UploadConfig config = new TestConfig(Map.of("halo.link.upload.pages-in-flight", "1")).of(UploadConfig.class);
        GatewayClient gateway = new GatewayClient(
                HttpClient.newHttpClient(),
                new CloudUrls(Optional.empty(), Optional.empty(), Optional.of(cloud.url())),
                credentials);
        spool = new Spool(data.subdirectory("spool"), 1_000_000);
        uploader = new PageUploader(spool, config, gateway, new Uplink(config, () -> false, System::nanoTime));
    }

    @AfterEach
    void close() throws Exception {
        uploader.close();
        data.close();
        cloud.close();
        vertx.close();
    }

    private static QueryRequest request() {
        return new QueryRequest(
                UUID.randomUUID(),
                UUID.randomUUID(),
                UUID.randomUUID(),
                QueryMode.ASYNC,
                new Command("select 1", null, null, null),
                null,
                0,
                QueryRequest.NO_REPLY_SLOT,
                Instant.EPOCH);
    }

    private static ResultPage page() {
        byte[] rows = "[{}]".getBytes(StandardCharsets.UTF_8);
        return new ResultPage(1, rows, rows.length, 0, 1);
    }

    @Test
    void goesOnWithOtherResultsAfterAnErrorOfOne() throws Exception {
        // Given
        PagedUpload broken = uploader.open(request());
        broken.page(page());
        broken.finish(end -> {
            throw new AssertionError("the end of a result");
        });
        await().atMost(LinkHarness.LONG).until(() -> uploader.results() == 0);
        QueryRequest next = request();
        PagedUpload upload = uploader.open(next);
        List<Optional<QueryFailure>> ends = new CopyOnWriteArrayList<>();

        // When
        upload.page(page());
        upload.finish(ends::add);

        // Then
        await().atMost(LinkHarness.LONG).until(() -> !ends.isEmpty());
        assertThat(ends).containsExactly(Optional.empty());
        assertThat(cloud.uploads).containsKey(LinkApi.pagePath(next.queryId(), 1));
        assertThat(spool.used()).isZero();
    }
}
