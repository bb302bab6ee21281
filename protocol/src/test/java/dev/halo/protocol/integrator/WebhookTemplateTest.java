package dev.halo.protocol.integrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.golden.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTemplateTest {

    private static final String SITE = "22222222-2222-4222-8222-222222222222";
    private static final String QUERY = "11111111-1111-4111-8111-111111111111";

    @ParameterizedTest
    @CsvSource({
        "https://example.org/{siteId}/{queryId}, https://example.org/" + SITE + "/" + QUERY,
        "https://example.org:8443/hook?of={source}&again={source}, https://example.org:8443/hook?of=async&again=async",
        "https://example.org, https://example.org",
        "https://example.org?q={queryId}, https://example.org?q=" + QUERY,
        "https://[2001:db8::1]/a%20b, https://[2001:db8::1]/a%20b"
    })
    void aTemplateIsFilledIn(String template, String expected) {
        assertThat(WebhookTemplate.parse(template, false).fill(Samples.SITE, Samples.QUERY, "async"))
                .hasToString(expected);
    }

    @Test
    void valuesArePercentEncoded() {
        WebhookTemplate template = WebhookTemplate.parse("https://example.org/{source}", false);

        assertThat(template.fill(Samples.SITE, Samples.QUERY, "a/b?c ä%"))
                .hasToString("https://example.org/a%2Fb%3Fc%20%C3%A4%25");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "http://example.org/",
                "ftp://example.org/",
                "example.org/hook",
                "https:///hook",
                "https://user:password@example.org/",
                "https://example.org/#fragment",
                "https://example.org:99999/",
                "https://example.org/{siteid}",
                "https://example.org/{}",
                "https://example.org/{siteId",
                "https://example.org/siteId}",
                "https://{siteId}.example.org/",
                "{source}://example.org/",
                "https://example.org/a b"
            })
    void whatIsNoTemplateIsRefused(String text) {
        assertThatThrownBy(() -> WebhookTemplate.parse(text, false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void httpIsForDevelopers() {
        assertThat(WebhookTemplate.parse("http://127.0.0.1:8080/", true)).isNotNull();
    }

    @Test
    void aTemplateHasABound() {
        String longest = "https://example.org/" + "a".repeat(WebhookTemplate.MAX_CHARS - 20);

        assertThat(WebhookTemplate.parse(longest, false)).isNotNull();
        assertThatThrownBy(() -> WebhookTemplate.parse(longest + "a", false)).hasMessageContaining("2048");
    }
}
