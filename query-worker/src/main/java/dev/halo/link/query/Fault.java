package dev.halo.link.query;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A fault for the log: kinds and places, never messages, which could quote a statement or a row. */
final class Fault {

    private static final int FRAMES = 8;

    private Fault() {}

    static String of(Throwable fault) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            text.append(text.isEmpty() ? "" : " caused by ")
                    .append(cause.getClass().getName())
                    .append(Arrays.stream(cause.getStackTrace())
                            .limit(FRAMES)
                            .map(frame -> frame.getClassName() + ":" + frame.getLineNumber())
                            .collect(Collectors.joining(",", "[", "]")));
        }
        return text.toString();
    }
}
