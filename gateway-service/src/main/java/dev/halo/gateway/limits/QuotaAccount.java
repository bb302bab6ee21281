package dev.halo.gateway.limits;

import dev.halo.gateway.limits.QuotaStore.Settled;
import dev.halo.gateway.limits.QuotaStore.Settlement;
import java.util.concurrent.CompletableFuture;

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
        UNKNOWN
    }

    private final QuotaStore.Key key;
    private final QuotaDay day;
    private final long queryLimit;
    private final long byteLimit;
    private final long block;
    private final double shareWithoutStore;
    private long granted;
    private long used;
    private long reported;
    private long bytes;
    private long totalBytes;
    private boolean known;
    private boolean exhausted;
    private long exhaustedAt;
    private long touchedAt;
    private Settlement underWay;
    private CompletableFuture<Void> settled = new CompletableFuture<>();

    QuotaAccount(QuotaStore.Key key, QuotaDay day, Tier tier, double shareWithoutStore, long now) {
        this.key = key;
        this.day = day;
        this.queryLimit = tier.dailyQueries();
        this.byteLimit = tier.dailyBytes();
        this.block = Math.max(1, Math.min(MAX_BLOCK, queryLimit / PARTS));
        this.shareWithoutStore = shareWithoutStore;
        this.touchedAt = now;
    }

    QuotaStore.Key key() {
        return key;
    }

    QuotaDay day() {
        return day;
    }

    boolean hasLimits(Tier tier) {
        return queryLimit == tier.dailyQueries() && byteLimit == tier.dailyBytes();
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
            if (used - granted >= Math.max(1, (long) (queryLimit * shareWithoutStore))) {
                return exhausted ? Answer.QUERIES_EXHAUSTED : Answer.UNKNOWN;
            }
            used++;
            return Answer.GIVEN;
        }
        return exhausted && now - exhaustedAt < recheck ? Answer.QUERIES_EXHAUSTED : Answer.ASK;
    }

    /** Whether results may be given. */
    synchronized Answer bytes(boolean away, long now) {
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
        used--;
    }

    /** Results were given. */
    synchronized void count(long more, long now) {
        bytes += more;
        touchedAt = now;
    }

    /** Whether the next block should be fetched while there still is something of the last. */
    synchronized boolean isLow() {
        return underWay == null && !exhausted && queryLimit != Tier.NONE && granted - used <= block / 2;
    }

    synchronized boolean isIdle(long now, long idle) {
        return now - touchedAt >= idle;
    }

    /** Whether all is said and nothing is held. */
    synchronized boolean isClean() {
        return underWay == null && used == reported && bytes == 0 && (queryLimit == Tier.NONE || granted == used);
    }

    synchronized boolean isUnderWay() {
        return underWay != null;
    }

    /** Queries and bytes that the store does not know of. */
    synchronized long[] unreported() {
        return new long[] {used - reported, bytes};
    }

    /**
     * What is to be settled now; null where that is nothing, or where it is being done already.
     *
     * @param more whether another block is wanted
     * @param release whether what is left is given back
     */
    synchronized Settlement settlement(boolean more, boolean release) {
        if (underWay != null) {
            return null;
        }
        boolean counted = queryLimit != Tier.NONE;
        long owed = counted ? Math.max(0, used - granted) : 0;
        long left = counted ? Math.max(0, granted - used) : 0;
        long wanted = more && counted ? block : release ? -left : 0;
        if (wanted == 0 && owed == 0 && used == reported && bytes == 0 && !(more && !known)) {
            return null;
        }
        underWay = new Settlement(key, wanted, queryLimit, owed, used - reported, bytes);
        // It is no longer ours to use while it is given back.
        granted += Math.min(0, wanted);
        return underWay;
    }

    /** Completes at the end of the settlement that is under way, or of the next. */
    synchronized CompletableFuture<Void> settled() {
        return settled.copy();
    }

    void done(Settled answer, long now) {
        CompletableFuture<Void> over;
        synchronized (this) {
            granted += underWay.wanted() < 0 ? underWay.owed() : answer.granted();
            reported += underWay.used();
            bytes -= underWay.bytes();
            totalBytes = answer.totalBytes();
            known = true;
            if (underWay.wanted() > 0) {
                exhausted = answer.granted() - underWay.owed() <= 0;
                exhaustedAt = now;
            } else if (underWay.wanted() < 0) {
                exhausted = false;
            }
            over = next();
        }
        over.complete(null);
    }

    void failed() {
        CompletableFuture<Void> over;
        synchronized (this) {
            granted -= Math.min(0, underWay.wanted());
            over = next();
        }
        over.complete(null);
    }

    private CompletableFuture<Void> next() {
        CompletableFuture<Void> over = settled;
        settled = new CompletableFuture<>();
        underWay = null;
        return over;
    }
}
