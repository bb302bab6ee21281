package dev.halo.link.enrolment;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/**
 * This machine's clock, corrected by what the cloud's clock says. A practice's clock may be wrong: it decides nothing, and
 * what is sent or written down goes by the corrected time.
 */
public final class LinkClock implements InstantSource {

    private static final Logger LOG = Logger.getLogger(LinkClock.class);

    private final InstantSource machine;
    private final Duration warnAbove;
    private volatile long offsetMillis;
    private volatile boolean measured;
    private volatile boolean warned;

    /**
     * @param machine this machine's clock
     * @param warnAbove how far it may be off
     */
    public LinkClock(InstantSource machine, Duration warnAbove) {
        this.machine = machine;
        this.warnAbove = warnAbove;
    }

    /** This machine's time, as it is. */
    public Instant machineTime() {
        return machine.instant();
    }

    /** The corrected time. */
    @Override
    public Instant instant() {
        return machine.instant().minusMillis(offsetMillis);
    }

    /** Milliseconds that this machine is ahead of the cloud; 0 while it was not measured. */
    public long offsetMillis() {
        return offsetMillis;
    }

    /** Whether it is off by more than the configured bound. */
    public boolean isWrong() {
        return Math.abs(offsetMillis) > warnAbove.toMillis();
    }

    /** Whether the cloud's time was heard yet. */
    public boolean isMeasured() {
        return measured;
    }

    /**
     * The cloud has told its time.
     *
     * @param cloud its time when it answered
     * @param roundTrip how long question and answer took: half of it is taken as the answer's way
     */
    public void measure(Instant cloud, Duration roundTrip) {
        Instant then = machine.instant().minus(roundTrip.dividedBy(2));
        accept(Duration.between(cloud, then).toMillis());
    }

    /** The cloud has measured by how much this machine is ahead. */
    public void accept(long aheadMillis) {
        offsetMillis = aheadMillis;
        measured = true;
        if (isWrong() != warned) {
            warned = isWrong();
            if (warned) {
                LOG.warnf(
                        "event=clock_wrong ahead_ms=%d: set this machine's clock; until then it is corrected",
                        aheadMillis);
            } else {
                LOG.infof("event=clock_right ahead_ms=%d", aheadMillis);
            }
        }
    }
}
