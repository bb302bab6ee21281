package dev.halo.link.query;

import dev.halo.protocol.frame.Frame;
import java.util.function.Consumer;

/** Where frames go that say how far a query is: to the session that is open, or nowhere; the next session tells again. */
public final class Reports {

    private volatile Consumer<Frame> sender = frame -> {};

    /** Given each frame, in the order in which they were said; it must not block. */
    public void onReport(Consumer<Frame> session) {
        sender = session;
    }

    /** Says it, if there is somebody to hear it. */
    public void say(Frame frame) {
        sender.accept(frame);
    }
}
