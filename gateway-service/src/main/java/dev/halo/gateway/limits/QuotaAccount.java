package dev.halo.gateway.limits;

import dev.halo.gateway.limits.QuotaStore.Settled;
import dev.halo.gateway.limits.QuotaStore.Settlement;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * What this gateway has of a quota, and what it has used. Queries are taken from the store in small blocks before they are
 * needed; bytes are known only when they are given, and are reported afterwards.
 */
final class QuotaAccount {

    /** A gateway holds no more than this part of a quota in advance, so that a crash does not cost more. */
    private static final long PARTS = 500;

    private static final long MAX_BLOCK = 500;

    /** What a request gets. */
    enum Answer {
        GIVEN,
        QUERIES_EXHAUSTED,
        BYTES_EXHAUSTED,
        /** The store must be asked first. */
        ASK,
        /** The store is away, and what may be given without it was. */
        UNKNOWN,
        /** The account was closed a moment ago: another one has taken its place. */
        CLOSED
    }

    /** What a settlement is for. */
    enum Aim {
        /** To say what there is to say. */
        REPORT,
        /** To hear how the account stands. */
        KNOW,
        /** To get queries. */
        QUERIES,
        /** To give back what is left. */
        RELEASE
    }

    private final QuotaStore.Key key;
    private final QuotaDay day;
    private final double shareWithoutStore;
    private final LongSupplier numbers;
    private long queryLimit;
    private long byteLimit;
    private long block;
    private long granted;
    private long used;
    private long reported;
    private long bytes;
    private long totalBytes;
    private boolean known;
    private boolean exhausted;
    private boolean closed;
    private long exhaustedAt;
    private long touchedAt;
    private int waiting;
    private int waitingAtAll;
    private Settlement unanswered;
    private boolean underWay;
    private CompletableFuture<Boolean> settled = new CompletableFuture<>();

    /** @param numbers of settlements, each greater than all before */
    QuotaAccount(
            QuotaStore.Key key, QuotaDay day, Tier tier, double shareWithoutStore, long now, LongSupplier numbers) {
        this.key = key;
        this.day = day;
        this.shareWithoutStore = shareWithoutStore;
        this.numbers = numbers;
        this.touchedAt = now;
        limit(tier);
    }

    QuotaStore.Key key() {
        return key;
    }

    QuotaDay day() {
        return day;
    }

    /** What the integrator may use, from now on; what it has used stays. */
    synchronized void limit(Tier tier) {
        if (queryLimit != tier.dailyQueries() || byteLimit != tier.dailyBytes()) {
            queryLimit = tier.dailyQueries();
            byteLimit = tier.dailyBytes();
            block = Math.max(1, Math.min(MAX_BLOCK, queryLimit / PARTS));
            exhausted = false;
        }
    }

    /**
     * Takes a query.
     *
     * @param away whether the store could not be reached lately
     * @param recheck nanoseconds after which an exhausted quota is looked at again: others may have given back
     */
    synchronized Answer take(boolean away, long now, long recheck) {
        Answer room = bytes(away, now);
        if (room != Answer.GIVEN) {
            return room;
        }
        if (queryLimit == Tier.NONE || used < granted) {
            used++;
            return Answer.GIVEN;
        }
        if (away) {
            if (exhausted) {
                return Answer.QUERIES_EXHAUSTED;
            }
            if (used - granted >= Math.max(1, (long) (queryLimit * shareWithoutStore))) {
                return Answer.UNKNOWN;
            }
            used++;
            return Answer.GIVEN;
        }
        return exhausted && now - exhaustedAt < recheck ? Answer.QUERIES_EXHAUSTED : Answer.ASK;
    }

    /** Whether results may be given. */
    synchronized Answer bytes(boolean away, long now) {
        if (closed) {
            return Answer.CLOSED;
        }
        touchedAt = now;
        if (byteLimit == Tier.NONE) {
            return Answer.GIVEN;
        }
        if (!known) {
            if (!away) {
                return Answer.ASK;
            }
            return bytes < Math.max(1, (long) (byteLimit * shareWithoutStore)) ? Answer.GIVEN : Answer.UNKNOWN;
        }
        return totalBytes + bytes < byteLimit ? Answer.GIVEN : Answer.BYTES_EXHAUSTED;
    }

    /** A query that was taken was not attempted. */
    synchronized void giveBack() {
        closed = false;
        used--;
    }

    /** It was attempted all the same. */
    synchronized void takeAgain() {
        closed = false;
        used++;
    }

    /** Results were given. */
    synchronized void count(long more, long now) {
        closed = false;
        bytes += more;
        touchedAt = now;
    }

    /**
     * Whether the next block should be fetched while there still is something of the last. Not of a quota so small that one
     * query more or less, which a crash would cost, is more than it may differ by.
     */
    synchronized boolean isLow() {
        return !underWay && !exhausted && queryLimit != Tier.NONE && queryLimit >= PARTS && granted - used <= block / 2;
    }

    /** Whether results were given of which a crash would cost more than a quota may differ by. */
    synchronized boolean hasMuchToSay() {
        return !underWay && byteLimit != Tier.NONE && bytes >= Math.max(1, byteLimit / PARTS);
    }

    synchronized boolean isIdle(long now, long idle) {
        return now - touchedAt >= idle;
    }

    /** Whether all is said and nothing is held. */
    synchronized boolean isClean() {
        return unanswered == null && used == reported && bytes == 0 && (queryLimit == Tier.NONE || granted == used);
    }

    /** Takes no more requests, if it is clean and nobody waits for what it will be told. */
    synchronized boolean close() {
        closed = isClean() && waitingAtAll == 0;
        return closed;
    }

    /** Completes at the end of the settlement that is under way; null where there is none. */
    synchronized CompletableFuture<Boolean> underWay() {
        return underWay ? settled.copy() : null;
    }

    /** Queries and bytes that the store does not know of. */
    synchronized long[] unreported() {
        return new long[] {used - reported, bytes};
    }

    /**
     * What is to be settled now; null where that is nothing, or where it is being done already. What was not answered comes
     * again as it was: it may have been applied. Of a closed account nothing is: nobody would give back what it got.
     */
    synchronized Settlement settlement(Aim aim) {
        if (underWay || closed) {
            return null;
        }
        if (unanswered == null) {
            boolean counted = queryLimit != Tier.NONE;
            long owed = counted ? Math.max(0, used - granted) : 0;
            long wanted = counted ? wanted(aim) : 0;
            boolean asks = aim == Aim.KNOW || aim == Aim.QUERIES && (counted || !known);
            if (!asks && wanted == 0 && owed == 0 && used == reported && bytes == 0) {
                return null;
            }
            unanswered = new Settlement(key, numbers.getAsLong(), wanted, queryLimit, owed, used - reported, bytes);
            // It is no longer ours to use while it is given back.
            granted += Math.min(0, wanted);
        }
        underWay = true;
        return unanswered;
    }

    private long wanted(Aim aim) {
        return switch (aim) {
            case QUERIES -> Math.max(block, waiting - Math.max(0, granted - used));
            case RELEASE -> -Math.max(0, granted - used);
            case REPORT, KNOW -> 0;
        };
    }

    /**
     * Completes at the end of the settlement that is under way, or of the next, and says whether it gave queries. Until
     * {@link #stopWaiting} the account is not closed.
     *
     * @param forQuery whether who waits wants one
     * @return null where it was closed a moment ago: another one has taken its place
     */
    synchronized CompletableFuture<Boolean> startWaiting(boolean forQuery) {
        if (closed) {
            return null;
        }
        waiting += forQuery ? 1 : 0;
        waitingAtAll++;
        return settled.copy();
    }

    synchronized void stopWaiting(boolean forQuery) {
        waiting -= forQuery ? 1 : 0;
        waitingAtAll--;
    }

    void done(Settled answer, long now) {
        CompletableFuture<Boolean> over;
        boolean gave;
        synchronized (this) {
            gave = answer.granted() - unanswered.owed() > 0;
            granted += unanswered.wanted() < 0 ? unanswered.owed() : answer.granted();
            reported += unanswered.used();
            bytes -= unanswered.bytes();
            totalBytes = answer.totalBytes();
            known = true;
            if (unanswered.wanted() > 0) {
                exhausted = !gave;
                exhaustedAt = now;
            } else if (unanswered.wanted() < 0) {
                exhausted = false;
            }
            unanswered = null;
            over = next();
        }
        over.complete(gave);
    }

    /** The store did not answer; what it was told may have been applied. */
    void failed() {
        CompletableFuture<Boolean> over;
        synchronized (this) {
            over = next();
        }
        over.complete(false);
    }

    private CompletableFuture<Boolean> next() {
        CompletableFuture<Boolean> over = settled;
        settled = new CompletableFuture<>();
        underWay = false;
        return over;
    }
}
