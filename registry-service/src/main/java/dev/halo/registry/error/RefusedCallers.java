package dev.halo.registry.error;

import dev.halo.protocol.access.FailureThrottle;
import dev.halo.registry.config.RegistryConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Counts by address the calls whose credentials were refused. */
@ApplicationScoped
public class RefusedCallers {

    private final FailureThrottle throttle;

    public RefusedCallers(RegistryConfig config) {
        RegistryConfig.Refusals refusals = config.refusals();
        this.throttle =
                new FailureThrottle(refusals.perAddress(), refusals.window(), refusals.addresses(), System::nanoTime);
    }

    /**
     * One more call was refused.
     *
     * @param address of the caller, literally; null if it cannot be told
     * @return how long the address must wait, because it was refused too often; empty while it is told why
     */
    Optional<Duration> refused(String address) {
        byte[] caller = FailureThrottle.addressOf(address);
        Optional<Duration> wait = throttle.blockedFor(caller);
        if (wait.isEmpty()) {
            throttle.failed(caller);
        }
        return wait;
    }
}
