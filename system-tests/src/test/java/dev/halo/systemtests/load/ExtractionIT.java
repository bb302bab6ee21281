package dev.halo.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A result far larger than any process's memory comes out complete and in order. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY)
class ExtractionIT {

    private static final int MANY = 200_000;
    private static final int MILLION = 1_000_000;

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;

    ExtractionIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
    }

    private void fill(int rows) {
        suite.practiceServer().execute("""
                create table EXTRACTED (ID integer not null primary key, A integer, B bigint, C numeric(12, 2),
                  D date, E timestamp, F varchar(20), G varchar(20), H char(10), I double precision, J boolean,
                  K varchar(30))""");
        suite.practiceServer().execute("grant select on EXTRACTED to public");
        suite.practiceServer().execute("""
                execute block as declare N integer = 1; begin
                  while (N <= %d) do begin
                    insert into EXTRACTED values (:N, mod(:N * 7919, 1000003), cast(:N as bigint) * 1000003, :N / 100.00,
                      dateadd(mod(:N, 20000) day to date '1960-01-01'),
                      dateadd(:N second to timestamp '2020-01-01 00:00:00'), 'text of ' || :N, 'more ' || :N,
                      mod(:N, 977), :N / 7e0, mod(:N, 2) = 0, 'the last column ' || :N);
                    N = N + 1;
                  end
                end""".formatted(rows));
    }

    private void drop() {
        suite.practiceServer().execute("drop table EXTRACTED");
    }

    @Test
    void aRowMayBeLargeButNotOfAnySize() throws IOException {
        // Given rows of about 15 MB and of more than 32 MB
        String row = "select list(rpad('', 30000, 'x'), '') as TEXT from (select first %d 1 as N from PATIENTS)";

        // When
        String fits = integrator
                .async(demo.siteId(), QueryBody.sql(row.formatted(500)))
                .id();
        String tooLarge = integrator
                .async(demo.siteId(), QueryBody.sql(row.formatted(1_200)))
                .id();

        // Then
        Answer whole = integrator.awaitEnded(demo.siteId(), fits);
        assertThat(whole.queryStatus()).as("%s", whole).isEqualTo("successful");
        assertThat(integrator.stream(demo.siteId(), fits, 1).body()).hasSizeGreaterThan(15_000_000);
        Answer refused = integrator.awaitEnded(demo.siteId(), tooLarge);
        assertThat(refused.queryStatus()).as("%s", refused).isEqualTo("executionFailed");
        assertThat(refused.errorCode()).isEqualTo(1010);
    }

    @Test
    void manyRowsComeOutCompleteAndInOrder() throws IOException {
        comeOutCompleteAndInOrder(MANY);
        drop();
    }

    @Tag("chaos")
    @Test
    void aMillionRowsComeOutCompleteAndInOrder() throws IOException {
        comeOutCompleteAndInOrder(MILLION);
        drop();
    }

    private void comeOutCompleteAndInOrder(int rows) throws IOException {
        // Given
        fill(rows);

        // When
        Answer accepted = integrator.async(demo.siteId(), QueryBody.sql("select * from EXTRACTED order by ID"));
        Answer ended = integrator.awaitEnded(demo.siteId(), accepted.id());

        // Then
        assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("successful");
        assertThat(ended.json().path("result").path("rows").asInt()).isEqualTo(rows);
        Sum sum = new Sum();
        int pages = ended.json().path("result").path("pages").size();
        for (int page = 1; page <= pages; page++) {
            HttpResponse<byte[]> answer = integrator.stream(demo.siteId(), accepted.id(), page);
            assertThat(answer.statusCode()).isEqualTo(200);
            sum.add(answer.body());
        }
        assertThat(sum.rows).isEqualTo(rows);
        assertThat(sum.a + "/" + sum.b + "/" + sum.lengths)
                .isEqualTo(suite.practiceServer()
                        .texts("select sum(cast(A as bigint)) || '/' || sum(cast(B as numeric(18, 0))) || '/' ||"
                                + " sum(cast(char_length(F) + char_length(G) + char_length(K) as bigint))"
                                + " from EXTRACTED")
                        .get(0));
        assertThat(Long.parseLong(ended.json().path("result").path("size").asText()))
                .isGreaterThan(150L * rows);
    }

    /** Adds the rows up as they come; fails where one is out of order. */
    private static final class Sum {

        private static final JsonFactory JSON = new JsonFactory();

        private int rows;
        private long a;
        private BigInteger b = BigInteger.ZERO;
        private long lengths;

        private void add(byte[] page) throws IOException {
            try (JsonParser parser = JSON.createParser(page)) {
                while (parser.nextToken() != null) {
                    if (parser.currentToken() == JsonToken.START_OBJECT) {
                        rows++;
                    } else if (parser.currentToken() == JsonToken.FIELD_NAME) {
                        value(parser.currentName(), parser);
                    }
                }
            }
        }

        private void value(String column, JsonParser parser) throws IOException {
            parser.nextToken();
            switch (column) {
                case "ID" -> assertThat(parser.getIntValue()).isEqualTo(rows);
                case "A" -> a += parser.getLongValue();
                case "B" -> b = b.add(parser.getBigIntegerValue());
                case "F", "G", "K" -> lengths += parser.getTextLength();
                default -> {
                    // Its presence is counted by the size of the whole.
                }
            }
        }
    }
}
