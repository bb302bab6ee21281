package dev.halo.link.upload;

/** How long one thread has waited, as another one sees it. */
final class WaitedTime {

    private long total;
    private long since;
    private boolean waiting;

    synchronized void begin() {
        since = System.nanoTime();
        waiting = true;
    }

    synchronized void end() {
        total += System.nanoTime() - since;
        waiting = false;
    }

    /** All of it, with the wait that goes on. */
    synchronized long nanos() {
        return waiting ? total + System.nanoTime() - since : total;
    }
}
