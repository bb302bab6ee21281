package dev.halo.protocol.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailureThrottleTest {

    private static final byte[] ADDRESS = {1, 2, 3, 4};
    private static final byte[] OTHER = {1, 2, 3, 5};
    private static final byte[] THIRD = {1, 2, 3, 6};

    private final AtomicLong nanos = new AtomicLong();
    private final FailureThrottle throttle = new FailureThrottle(2, Duration.ofMinutes(1), 2, nanos::get);

    @Test
    void blocksAnAddressForTheRestOfItsMinute() {
        throttle.failed(ADDRESS);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        throttle.failed(ADDRESS);

        assertThat(throttle.blockedFor(ADDRESS)).contains(Duration.ofSeconds(50));
        assertThat(throttle.blockedFor(OTHER)).isEmpty();
    }

    @Test
    void forgivesAfterAMinute() {
        throttle.failed(ADDRESS);
        throttle.failed(ADDRESS);

        nanos.addAndGet(Duration.ofMinutes(1).toNanos());

        assertThat(throttle.blockedFor(ADDRESS)).isEmpty();
    }

    @Test
    void remembersABoundedNumberOfAddresses() {
        throttle.failed(ADDRESS);
        throttle.failed(ADDRESS);

        throttle.failed(OTHER);
        throttle.failed(THIRD);

        assertThat(throttle.blockedFor(ADDRESS)).isEmpty();
    }

    @Test
    void allAddressesOfAnIpv6NetworkAreOne() {
        byte[] one = new byte[16];
        byte[] neighbour = new byte[16];
        byte[] stranger = new byte[16];
        neighbour[15] = 1;
        stranger[7] = 1;
        throttle.failed(one);
        throttle.failed(neighbour);

        assertThat(throttle.blockedFor(one)).isPresent();
        assertThat(throttle.blockedFor(stranger)).isEmpty();
    }

    @Test
    void readsTheAddressOfAConnection() {
        assertThat(FailureThrottle.addressOf("1.2.3.4")).isEqualTo(ADDRESS);
        assertThat(FailureThrottle.addressOf("::ffff:1.2.3.4")).isEqualTo(ADDRESS);
        assertThat(FailureThrottle.addressOf("2001:db8::1")).hasSize(16);
        assertThat(FailureThrottle.addressOf("fe80::1%eth0")).isEqualTo(FailureThrottle.addressOf("fe80::1"));
        assertThat(FailureThrottle.addressOf("somewhere")).isEqualTo("somewhere".getBytes(StandardCharsets.UTF_8));
        assertThat(FailureThrottle.addressOf(null)).isEmpty();
    }
}
