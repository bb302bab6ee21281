package dev.halo.systemtests.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Async queries from their POST to their pages, as an integrator sees them. */
@SystemTest
class AsyncQueryIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long MEGABYTE = 1_048_576;

    /** Firebird's code of what it does not know. */
    private static final int UNKNOWN_TABLE = 335544580;

    private static final List<String> PAGE_HEADERS =
            List.of("Size", "Rows-Count", "Rows-Range-Start", "Rows-Range-End");

    /** About 3 MB of JSON, so four pages. */
    private static final String PAGED = "select first 9000 PATIENT_ID, CLINIC_ID, rpad('', 300, 'x') as FILL"
            + " from PATIENTS, CLINICS order by PATIENT_ID, CLINIC_ID";

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;

    AsyncQueryIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
    }

    @Test
    void isAcceptedRunsAndKeepsItsResult() {
        // When
        Answer accepted = integrator.async(demo.siteId(), QueryBody.sql("select count(*) as N from PATIENTS"));

        // Then
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        assertThat(accepted.json().path("mode").asText()).isEqualTo("async");
        assertThat(accepted.queryStatus()).isEqualTo("initialising");
        assertThat(accepted.json().path("statusTiming").path("initialising").path("startTime"))
                .isEqualTo(accepted.json().path("createdAt"));
        assertThat(accepted.json().path("maxTimeInQueue").asInt()).isEqualTo(3_600_000);
        assertThat(accepted.header("Location"))
                .isEqualTo("/integrator/sites/" + demo.siteId() + "/queries/" + accepted.id());
        assertThat(Integer.parseInt(accepted.header("Retry-After"))).isPositive();

        // And in the end
        Answer ended = integrator.awaitEnded(demo.siteId(), accepted.id());
        assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("successful");
        for (String stage : List.of("initialising", "queued", "executing", "uploading")) {
            JsonNode timing = ended.json().path("statusTiming").path(stage);
            assertThat(timing.path("startTime").isTextual()).as(stage).isTrue();
            assertThat(timing.path("endTime").isTextual()).as(stage).isTrue();
        }
        JsonNode result = ended.json().path("result");
        assertThat(result.path("rows").asInt()).isEqualTo(1);
        assertThat(result.path("pages")).hasSize(1);
        assertThat(result.path("pages").get(0).path("status").asText()).isEqualTo("cached");
        Answer page = integrator.page(demo.siteId(), accepted.id(), 1);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.pageRows().get(0).path("N").asInt()).isEqualTo(2_000);
        assertThat(page.header("Rows-Count")).isEqualTo("1");
        assertThat(page.header("Rows-Range-Start")).isEqualTo("0");
        assertThat(page.header("Rows-Range-End")).isEqualTo("0");
    }

    @Test
    void pagesAreWholeInOrderAndAddUp() throws IOException {
        // When
        Answer ended = run(integrator, QueryBody.sql(PAGED));

        // Then
        JsonNode pages = ended.json().path("result").path("pages");
        assertThat(pages.size()).isGreaterThan(1);
        List<String> seen = new ArrayList<>();
        long bytes = 0;
        for (int number = 1; number <= pages.size(); number++) {
            Answer page = integrator.page(demo.siteId(), ended.id(), number);
            JsonNode described = pages.get(number - 1);
            assertThat(described.path("pageNumber").asInt()).isEqualTo(number);
            assertThat(page.header("Size")).isEqualTo(described.path("size").asText());
            assertThat(page.header("Rows-Range-Start"))
                    .isEqualTo(Integer.toString(seen.size()))
                    .isEqualTo(described.path("rows").path("rangeStart").asText());
            page.pageRows()
                    .forEach(row -> seen.add(row.path("PATIENT_ID").asText() + "/"
                            + row.path("CLINIC_ID").asText()));
            assertThat(page.header("Rows-Range-End"))
                    .isEqualTo(Integer.toString(seen.size() - 1))
                    .isEqualTo(described.path("rows").path("rangeEnd").asText());
            long size = Long.parseLong(page.header("Size"));
            assertThat(size).isEqualTo(rowsOf(page).length);
            if (number < pages.size()) {
                assertThat(size).isBetween(MEGABYTE * 3 / 4, MEGABYTE * 5 / 4);
            }
            bytes += size;
        }
        assertThat(seen)
                .containsExactlyElementsOf(suite.practiceServer()
                        .texts("select first 9000 PATIENT_ID || '/' || CLINIC_ID from PATIENTS, CLINICS"
                                + " order by PATIENT_ID, CLINIC_ID"));
        assertThat(ended.json().path("result").path("size").asLong()).isEqualTo(bytes);
        assertThat(ended.json().path("resultSize").asLong()).isEqualTo(bytes);
    }

    @Test
    void aPageIsStreamedInEveryForm() throws IOException {
        // Given
        String id = run(integrator, QueryBody.sql(PAGED)).id();
        Answer page = integrator.page(demo.siteId(), id, 2);
        byte[] rows = rowsOf(page);

        // When
        HttpResponse<byte[]> plain = integrator.stream(demo.siteId(), id, 2);
        HttpResponse<byte[]> zstd = integrator.stream(demo.siteId(), id, 2, "Accept-Encoding", "zstd");
        HttpResponse<byte[]> gzip = integrator.stream(demo.siteId(), id, 2, "Accept-Encoding", "gzip");
        HttpResponse<byte[]> lines = integrator.stream(demo.siteId(), id, 2, "Accept", "application/x-ndjson");

        // Then
        assertThat(plain.statusCode()).isEqualTo(200);
        assertThat(plain.body()).isEqualTo(rows);
        assertThat(zstd.headers().firstValue("Content-Encoding")).contains("zstd");
        assertThat(Zstd.decompress(zstd.body(), rows.length)).isEqualTo(rows);
        assertThat(gzip.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
                .isEqualTo(rows);
        assertThat(lines.headers().firstValue("Content-Type").orElse("")).startsWith("application/x-ndjson");
        List<String> each =
                new String(lines.body(), StandardCharsets.UTF_8).lines().toList();
        assertThat(MAPPER.readTree("[" + String.join(",", each) + "]")).isEqualTo(MAPPER.readTree(rows));
        assertThat(page.header("Rows-Count")).isEqualTo(Integer.toString(each.size()));
        for (HttpResponse<byte[]> answer : List.of(plain, zstd, gzip, lines)) {
            assertThat(PAGE_HEADERS)
                    .allSatisfy(name ->
                            assertThat(answer.headers().firstValue(name)).contains(page.header(name)));
        }
    }

    @Test
    void noRowsAreOneEmptyPageAndAWriteHasNone() {
        // When
        Answer none = run(integrator, QueryBody.sql("select PATIENT_ID from PATIENTS where 1 = 0"));
        Answer write = run(
                integrator,
                QueryBody.sql("update APPOINTMENTS set REASON = REASON where APPOINTMENT_ID < 0")
                        .nonQuery());

        // Then
        assertThat(none.json().path("result").path("pages")).hasSize(1);
        assertThat(integrator.page(demo.siteId(), none.id(), 1).pageRows()).isEmpty();
        assertThat(write.queryStatus()).isEqualTo("successful");
        assertThat(write.json().path("result").path("rowsAffected").asInt()).isZero();
        assertThat(write.json().path("result").path("pages")).isEmpty();
    }

    @Test
    void theDatabasesErrorEndsIt() {
        // When
        Answer failed = awaitEnded(QueryBody.sql("select * from NO_SUCH_TABLE"));
        Answer refused = awaitEnded(QueryBody.sql("set role ANY_ROLE"));

        // Then
        assertThat(failed.queryStatus()).isEqualTo("executionFailed");
        assertThat(failed.errorType()).isEqualTo("fbsql");
        assertThat(failed.errorMessage()).contains("NO_SUCH_TABLE");
        assertThat(failed.errorCode()).isEqualTo(UNKNOWN_TABLE);
        assertThat(failed.json().path("errorCode").asInt()).isEqualTo(UNKNOWN_TABLE);
        assertThat(failed.json().path("errorMessage").asText()).contains("NO_SUCH_TABLE");
        assertThat(failed.json().path("completedAt").isTextual()).isTrue();
        assertThat(refused.queryStatus()).isEqualTo("executionFailed");
        assertThat(refused.errorCode()).isEqualTo(1007);
    }

    @Test
    void cancellingEndsWhatRunsAndRemovesPages() {
        // Given
        String finished = run(integrator, QueryBody.sql("select 1 as ONE from RDB$DATABASE"))
                .id();
        String running = integrator
                .async(
                        demo.siteId(),
                        QueryBody.sql("select count(*) as CANCELLED_ASYNC from APPOINTMENTS a, APPOINTMENTS b,"
                                + " APPOINTMENTS c, APPOINTMENTS d"))
                .id();
        await().atMost(SOON)
                .until(() -> !suite.practiceServer().running("CANCELLED_ASYNC").isEmpty());

        // When
        Answer cancelled = integrator.delete(demo.siteId(), running);
        Answer removed = integrator.delete(demo.siteId(), finished);

        // Then
        assertThat(cancelled.status()).isEqualTo(202);
        assertThat(removed.status()).isEqualTo(202);
        Answer ended = integrator.awaitEnded(demo.siteId(), running);
        assertThat(ended.queryStatus()).isEqualTo("executionFailed");
        assertThat(ended.errorCode()).isEqualTo(1004);
        await().atMost(SOON)
                .until(() -> suite.practiceServer().running("CANCELLED_ASYNC").isEmpty());
        assertThat(integrator.page(demo.siteId(), finished, 1).status()).isEqualTo(410);
        assertThat(integrator.delete(demo.siteId(), running).status()).isEqualTo(202);
    }

    @Test
    void aBatchAnswersInTheOrderAsked() {
        // Given
        String mine = run(integrator, QueryBody.sql("select 1 as ONE from RDB$DATABASE"))
                .id();
        UUID unknown = IntegratorClient.unknownId();

        // When
        Answer batch = integrator.statuses(
                demo.siteId(), "{\"queryIds\":[\"%s\",\"%s\",\"%s\"]}".formatted(mine, unknown, mine));
        Answer strangers = suite.integratorC().statuses(demo.siteId(), "{\"queryIds\":[\"%s\"]}".formatted(mine));

        // Then
        assertThat(batch.status()).isEqualTo(200);
        List<String> found = new ArrayList<>();
        batch.json().path("results").forEach(one -> found.add(one.path("status").asText()));
        assertThat(found).containsExactly("found", "notFound", "found");
        assertThat(strangers.json().path("results").get(0).path("status").asText())
                .isEqualTo("notFound");
    }

    @Test
    void aBatchMayBeOfFiveHundred() {
        // Given
        String mine = run(integrator, QueryBody.sql("select 1 as ONE from RDB$DATABASE"))
                .id();
        List<String> ids = new ArrayList<>(Collections.nCopies(499, mine));
        ids.add(IntegratorClient.unknownId().toString());

        // When
        Answer batch = integrator.statuses(
                demo.siteId(), ids.stream().collect(Collectors.joining("\",\"", "{\"queryIds\":[\"", "\"]}")));

        // Then each is answered, as often as it was asked and in that order
        assertThat(batch.status()).isEqualTo(200);
        List<String> answered = new ArrayList<>();
        batch.json()
                .path("results")
                .forEach(one -> answered.add(one.path("queryId").asText()));
        assertThat(answered).isEqualTo(ids);
        assertThat(batch.json()
                        .path("results")
                        .get(0)
                        .path("query")
                        .path("status")
                        .asText())
                .isEqualTo("successful");
        assertThat(batch.json().path("results").get(499).path("status").asText())
                .isEqualTo("notFound");
    }

    @ParameterizedTest
    @CsvSource({"0", "501"})
    void aBatchHasItsBounds(int ids) {
        String body = IntStream.range(0, ids)
                .mapToObj(i -> "\"" + UUID.randomUUID() + "\"")
                .collect(Collectors.joining(",", "{\"queryIds\":[", "]}"));

        Answer answer = integrator.statuses(demo.siteId(), body);

        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.message()).contains("queryIds", "500");
    }

    @ParameterizedTest
    @CsvSource({"0,400,from 1", "-1,400,from 1", "2,404,no page 2", "two,400,from 1", "99999999999,400,999999999"})
    void aPageThatThereIsNotSaysSo(String page, int status, String words) {
        String id = run(integrator, QueryBody.sql("select 1 as ONE from RDB$DATABASE"))
                .id();

        Answer answer = integrator.page(demo.siteId(), id, page);

        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.message()).contains(words);
        assertThat(integrator.stream(demo.siteId(), id, page).statusCode()).isEqualTo(status);
    }

    @Test
    void nobodyElseSeesIt() {
        // Given
        String id = run(integrator, QueryBody.sql("select 1 as ONE from RDB$DATABASE"))
                .id();

        // Then
        IntegratorClient stranger = suite.integratorC();
        assertThat(stranger.query(demo.siteId(), id).status()).isEqualTo(404);
        assertThat(stranger.page(demo.siteId(), id, 1).status()).isEqualTo(404);
        assertThat(stranger.delete(demo.siteId(), id).status()).isEqualTo(404);
        assertThat(stranger.stream(demo.siteId(), id, 1).statusCode()).isEqualTo(404);
        assertThat(integrator.query(demo.siteId(), IntegratorClient.unknownId()).status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, from 0 to 7200000",
        "7200001, from 0 to 7200000",
        "99999999999, from 0 to 7200000",
        "1.5, a whole number",
        "true, a whole number"
    })
    void itsTimeInTheQueueHasBounds(String value, String bound) {
        Answer answer = integrator.async(
                demo.siteId(), "{\"maxTimeInQueue\":%s,\"command\":{\"text\":\"select 1\"}}".formatted(value));

        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.message()).contains("maxTimeInQueue", bound);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7_200_000})
    void itsTimeInTheQueueMayBeOnItsBounds(int millis) {
        Answer answer = integrator.async(
                demo.siteId(),
                QueryBody.sql("select 1 as ONE from RDB$DATABASE").maxTimeInQueue(millis));

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        assertThat(answer.json().path("maxTimeInQueue").asInt()).isEqualTo(millis);
    }

    private Answer awaitEnded(QueryBody body) {
        Answer accepted = integrator.async(demo.siteId(), body);
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        return integrator.awaitEnded(demo.siteId(), accepted.id());
    }

    private Answer run(IntegratorClient client, QueryBody body) {
        Answer accepted = client.async(demo.siteId(), body);
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        Answer ended = client.awaitEnded(demo.siteId(), accepted.id());
        assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("successful");
        return ended;
    }

    private static byte[] rowsOf(Answer page) {
        return java.util.Base64.getDecoder().decode(page.json().path("data").asText());
    }
}
