package dev.halo.routing.session;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A socket that keeps what was written to it. */
public final class FakeSocket implements LinkSocket {

    public final List<Frame> sent = new ArrayList<>();
    public final List<Runnable> failures = new ArrayList<>();
    public Frame.Refused last;
    public String closeReason;
    public boolean full;
    public boolean paused;
    public long congestedSince;

    @Override
    public boolean send(ByteBuffer message, Runnable failed) {
        if (full || closeReason != null) {
            return false;
        }
        sent.add(((FrameCodec.Decoded.Known) FrameCodec.decode(message)).frame());
        failures.add(failed);
        return true;
    }

    @Override
    public void close(Frame.Refused refused, int code, String reason) {
        last = refused;
        closeReason = reason;
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
    }

    @Override
    public long congestedSinceNanos() {
        return congestedSince;
    }

    @Override
    public String remoteAddress() {
        return "test";
    }

    public boolean isClosed() {
        return closeReason != null;
    }

    /** The frames of a kind, in order. */
    public <T extends Frame> List<T> sent(Class<T> kind) {
        return sent.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
