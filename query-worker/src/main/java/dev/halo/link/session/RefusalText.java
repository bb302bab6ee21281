package dev.halo.link.session;

import dev.halo.protocol.frame.Frame.RefusalCause;
import dev.halo.protocol.frame.Frame.Refused;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/** Why a bridge does not serve this Link and what to do about it, for the practice's administrator. */
final class RefusalText {

    private static final int MAX_CHARS = 300;

    private RefusalText() {}

    static String of(Refused refused) {
        return switch (refused.cause()) {
            case SUPERSEDED -> "another process opened a session of this Link: this installation runs twice";
            case ENVIRONMENT ->
                said(refused) + " - see halo.link.environment and halo.link.cloud-url: stage and production never mix";
            case PROTOCOL_VERSION -> said(refused) + " - install a newer version of the Link";
            case LINK_SUSPENDED ->
                said(refused) + " - if this machine or its data directory was copied or restored, stop the copy; an"
                        + " operator then lets this Link in again";
            case LINK_REMOVED ->
                said(refused) + " - to install it again: query-worker uninstall --force, query-worker enrol";
            case DRAINING, OVERLOADED -> said(refused);
        };
    }

    /** When the Link may come back. */
    static Duration pause(Refused refused, Duration backOff, Duration whereItRunsTwice) {
        Duration asked = Duration.ofMillis(refused.retryAfterMillis());
        Duration least = refused.cause() == RefusalCause.SUPERSEDED ? whereItRunsTwice : Duration.ZERO;
        return Collections.max(List.of(asked, backOff, least));
    }

    private static String said(Refused refused) {
        String message = clean(refused.message());
        return "the bridge refuses this Link: " + (message.isEmpty() ? refused.cause() : message);
    }

    /** What came over the wire, fit for a log and a terminal. */
    static String clean(String message) {
        if (message == null) {
            return "";
        }
        String shown = message.replaceAll("\\p{Cntrl}", " ").strip();
        return shown.length() > MAX_CHARS ? shown.substring(0, MAX_CHARS) : shown;
    }
}
