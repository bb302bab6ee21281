package dev.halo.link.session;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.LinkErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a session's frames do. All calls come from the session's event loop and must not block. */
public interface SessionHandler {

    /** The first frame of a session. */
    Frame.Hello hello();

    /** The session is open. */
    void welcome(Frame.Welcome welcome);

    /** Hold a registered query. */
    void register(Frame.Register register);

    /** What the Link has to say again to a session that has just opened, beside the outcomes. */
    List<Frame> reports();

    /** Run a query. */
    void query(Frame.Query query);

    /** End a query. */
    void cancel(UUID queryId, LinkErrorCode cause);

    /** What the Link may run from now on; in force on return. */
    void authority(List<Frame.SiteAuthority> sites);

    /** The bridge has an outcome. */
    void endedAck(UUID queryId);

    /** How many unfinished queries each site takes. */
    Map<UUID, Integer> credits();

    /** The bridge did not accept the token. */
    void tokenRefused();
}
