package dev.halo.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.gateway.view.AddressBlock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerAddressTest {

    private final CallerAddress addresses = new CallerAddress(List.of("10.0.0.0/8"));

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, , 1.2.3.4",
        "1.2.3.4, 5.6.7.8, 1.2.3.4",
        "10.0.0.1, 5.6.7.8, 5.6.7.8",
        "10.0.0.1, '9.9.9.9, 5.6.7.8', 5.6.7.8",
        "10.0.0.1, '9.9.9.9, 5.6.7.8, 10.0.0.2', 5.6.7.8",
        "10.0.0.1, 5.6.7.8:1234, 5.6.7.8",
        "10.0.0.1, [2001:db8::1]:1234, 2001:db8::1",
        "10.0.0.1, 2001:db8::1, 2001:db8::1",
        "10.0.0.1, 10.0.0.9, 10.0.0.9",
        "10.0.0.1, , 10.0.0.1"
    })
    void onlyOurProxiesAreBelieved(String connection, String forwardedFor, String expected) {
        assertThat(addresses.of(connection, forwardedFor))
                .isEqualTo(AddressBlock.address(expected).orElseThrow());
    }

    @Test
    void anUnreadableHopIsNobody() {
        assertThat(addresses.of("10.0.0.1", "5.6.7.8, unknown")).isEmpty();
    }

    @Test
    void aWrongProxyIsNamed() {
        assertThatThrownBy(() -> new CallerAddress(List.of("proxy.example")))
                .hasMessageContaining("halo.gateway.trusted-proxies")
                .hasMessageContaining("proxy.example");
    }
}
