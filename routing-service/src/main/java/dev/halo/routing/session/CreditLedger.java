package dev.halo.routing.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The unfinished queries of one session against the credit of its sites. Credit is an absolute number, so a lost or
 * repeated frame does no harm; a site that gave none takes nothing. Immediates and asyncs are counted apart, so that
 * asyncs, which last long, never use up what immediates need, nor the other way round. Not thread-safe: its session
 * guards it.
 */
final class CreditLedger {

    /** Whether a query may be forwarded. */
    enum Reservation {
        RESERVED,
        NO_CREDIT,
        ALREADY_SENT
    }

    private static final class Account {
        private int credit;
        private int immediates;
        private int asyncs;

        private int unfinished(SentQuery query) {
            return query.isImmediate() ? immediates : asyncs;
        }

        private void add(SentQuery query, int change) {
            if (query.isImmediate()) {
                immediates += change;
            } else {
                asyncs += change;
            }
        }
    }

    private final int maxSites;
    private final int maxCredit;
    private final int maxUnfinished;
    // Most sessions are idle most of the time: both maps stay small until there is something to hold.
    private final Map<UUID, Account> accounts = new HashMap<>(2);
    private Map<UUID, SentQuery> sent = Map.of();
    private int asyncs;

    /**
     * @param maxSites that may give credit
     * @param maxCredit of one site
     * @param maxUnfinished of all sites together; asyncs may be half of them
     */
    CreditLedger(int maxSites, int maxCredit, int maxUnfinished) {
        this.maxSites = maxSites;
        this.maxCredit = maxCredit;
        this.maxUnfinished = maxUnfinished;
    }

    /**
     * From now on the site has this credit; negative counts as none.
     *
     * @return false where too many sites gave credit before
     */
    boolean credit(UUID siteId, int unfinished) {
        Account account = accounts.get(siteId);
        if (account == null) {
            if (accounts.size() >= maxSites) {
                return false;
            }
            account = new Account();
            accounts.put(siteId, account);
        }
        account.credit = Math.max(0, Math.min(unfinished, maxCredit));
        return true;
    }

    Reservation reserve(SentQuery query) {
        if (sent.containsKey(query.queryId())) {
            return Reservation.ALREADY_SENT;
        }
        Account account = accounts.get(query.siteId());
        if (account == null || account.unfinished(query) >= account.credit || isFull(query)) {
            return Reservation.NO_CREDIT;
        }
        if (sent.isEmpty()) {
            sent = new HashMap<>(4);
        }
        sent.put(query.queryId(), query);
        count(query, 1);
        return Reservation.RESERVED;
    }

    private boolean isFull(SentQuery query) {
        return sent.size() >= maxUnfinished || !query.isImmediate() && asyncs >= Math.max(1, maxUnfinished / 2);
    }

    /** Null where it was not sent in this session. */
    SentQuery find(UUID queryId) {
        return sent.get(queryId);
    }

    /** Ends a query and frees its credit; null where there was none. */
    SentQuery finish(UUID queryId) {
        if (sent.isEmpty()) {
            return null;
        }
        SentQuery query = sent.remove(queryId);
        if (query != null) {
            count(query, -1);
        }
        if (sent.isEmpty()) {
            sent = Map.of();
        }
        return query;
    }

    /** Forgets the queries whose outcome did not come in time. */
    List<SentQuery> forget(long nowNanos) {
        if (sent.isEmpty()) {
            return List.of();
        }
        List<SentQuery> forgotten = new ArrayList<>();
        for (Iterator<SentQuery> each = sent.values().iterator(); each.hasNext(); ) {
            SentQuery query = each.next();
            if (nowNanos - query.forgetAtNanos() >= 0) {
                each.remove();
                count(query, -1);
                forgotten.add(query);
            }
        }
        return forgotten;
    }

    int unfinished() {
        return sent.size();
    }

    private void count(SentQuery query, int change) {
        accounts.get(query.siteId()).add(query, change);
        if (!query.isImmediate()) {
            asyncs += change;
        }
    }
}
