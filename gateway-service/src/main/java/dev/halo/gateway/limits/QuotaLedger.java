package dev.halo.gateway.limits;

import dev.halo.gateway.config.LimitsConfig;
import dev.halo.gateway.limits.QuotaAccount.Answer;
import dev.halo.gateway.limits.QuotaStore.Key;
import dev.halo.gateway.limits.QuotaStore.Settled;
import dev.halo.gateway.limits.QuotaStore.Settlement;
import dev.halo.gateway.view.PmsKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The daily quotas of integrators at practices. The truth is in PostgreSQL, which several gateways share; each takes
 * queries from it in small blocks ahead of need, so that a request waits for it only where a gateway has nothing of a quota
 * yet. While it is away, each gateway lets a configured part of a quota through, and owes it.
 */
final class QuotaLedger {

    private static final long RECHECK = Duration.ofSeconds(1).toNanos();

    /** Others may have taken what one has waited for. */
    private static final int TRIES = 5;

    private static final int BATCH = 200;

    /**
     * How it counts.
     *
     * @param maxAccounts that are counted at the same time; beyond it {@link Grant.Unknown}
     * @param idle after which a share that nobody uses is given back
     * @param storeTimeout how long a request may wait for the store
     * @param shareWithoutStore the part of a quota that is let through while the store is away, from 0 to 1
     */
    record Settings(int maxAccounts, Duration idle, Duration storeTimeout, double shareWithoutStore) {
        static Settings of(LimitsConfig.Ledger config) {
            return new Settings(
                    config.maxAccounts(), config.idle(), config.storeTimeout(), config.shareWithoutStore());
        }
    }

    private final QuotaStore store;
    private final Settings settings;
    private final QuotaDay.Calendar calendar;
    private final LongSupplier nanos;
    private final Map<Key, QuotaAccount> accounts = new ConcurrentHashMap<>();
    private final AtomicLong notCounted = new AtomicLong();
    private volatile boolean away;

    /**
     * @param calendar says when a day ends
     * @param nanos a monotonic clock
     */
    QuotaLedger(QuotaStore store, Settings settings, QuotaDay.Calendar calendar, LongSupplier nanos) {
        this.store = store;
        this.settings = settings;
        this.calendar = calendar;
        this.nanos = nanos;
    }

    /** Takes a query of today's quota, if there is one left and results may be given too. */
    Grant query(UUID integratorId, PmsKey practice, Tier tier) {
        return ask(integratorId, practice, tier, true, TRIES);
    }

    /** Whether results may be given. */
    Grant results(UUID integratorId, PmsKey practice, Tier tier) {
        return ask(integratorId, practice, tier, false, TRIES);
    }

    private Grant ask(UUID integratorId, PmsKey practice, Tier tier, boolean isQuery, int tries) {
        QuotaDay day = calendar.today();
        QuotaAccount account = account(new Key(integratorId, practice, day.date()), day, tier);
        if (account == null) {
            boolean hasQuotas = tier.dailyQueries() != Tier.NONE || tier.dailyBytes() != Tier.NONE;
            return hasQuotas ? new Grant.Unknown() : new Grant.Given(QuotaTicket.OF_NOTHING);
        }
        long now = nanos.getAsLong();
        Answer answer = isQuery ? account.take(away, now, RECHECK) : account.bytes(away, now);
        switch (answer) {
            case GIVEN -> {
                if (isQuery && !away && account.isLow()) {
                    settle(account, account.settlement(true, false));
                }
                return new Grant.Given(new QuotaTicket(this, account, isQuery));
            }
            case QUERIES_EXHAUSTED -> {
                return new Grant.Exhausted(Grant.What.QUERIES, tier.dailyQueries(), day);
            }
            case BYTES_EXHAUSTED -> {
                return new Grant.Exhausted(Grant.What.BYTES, tier.dailyBytes(), day);
            }
            case UNKNOWN -> {
                return new Grant.Unknown();
            }
            default -> {
                if (tries == 0) {
                    return new Grant.Unknown();
                }
                CompletableFuture<Void> settled = account.settled();
                settle(account, account.settlement(true, false));
                return new Grant.Later(settled.orTimeout(settings.storeTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        .handle((done, failure) -> ask(integratorId, practice, tier, isQuery, tries - 1))
                        .thenCompose(grant -> grant instanceof Grant.Later later
                                ? later.grant()
                                : CompletableFuture.completedFuture(grant)));
            }
        }
    }

    /** Null where there is no room. */
    private QuotaAccount account(Key key, QuotaDay day, Tier tier) {
        QuotaAccount known = accounts.get(key);
        if (known != null && known.hasLimits(tier)) {
            return known;
        }
        if (known == null && accounts.size() >= settings.maxAccounts()) {
            notCounted.incrementAndGet();
            return null;
        }
        return accounts.compute(key, (unused, present) -> {
            if (present != null && (present.hasLimits(tier) || !present.isClean())) {
                // Of another tier from now on; what it holds is given back first.
                return present;
            }
            return new QuotaAccount(key, day, tier, settings.shareWithoutStore(), nanos.getAsLong());
        });
    }

    void count(QuotaAccount account, long bytes) {
        // Its day may have ended and its last settlement be over, or another one have taken its place.
        accounts.compute(account.key(), (key, present) -> {
            QuotaAccount live = present == null ? account : present;
            live.count(bytes, nanos.getAsLong());
            return live;
        });
    }

    private CompletionStage<Void> settle(QuotaAccount account, Settlement settlement) {
        return settlement == null
                ? CompletableFuture.completedFuture(null)
                : settle(List.of(account), List.of(settlement));
    }

    private CompletionStage<Void> settle(List<QuotaAccount> of, List<Settlement> settlements) {
        CompletionStage<List<Settled>> answers;
        try {
            answers = store.settle(settlements);
        } catch (RuntimeException e) {
            answers = CompletableFuture.failedFuture(e);
        }
        return answers.handle((settled, failure) -> {
            away = failure != null;
            for (int i = 0; i < of.size(); i++) {
                if (failure == null) {
                    of.get(i).done(settled.get(i), nanos.getAsLong());
                } else {
                    of.get(i).failed();
                }
            }
            return null;
        });
    }

    /** Writes down what was used, and gives back what nobody needs. While the store is away it only tries. */
    CompletionStage<Void> write() {
        return write(false);
    }

    /** As {@link #write}, and gives back all that is left. */
    CompletionStage<Void> release() {
        return write(true);
    }

    private CompletionStage<Void> write(boolean releaseAll) {
        long now = nanos.getAsLong();
        long idle = settings.idle().toNanos();
        QuotaDay today = calendar.today();
        List<QuotaAccount> of = new ArrayList<>();
        List<Settlement> settlements = new ArrayList<>();
        // In one order everywhere, so that two gateways never wait for each other's rows.
        for (QuotaAccount account : accounts.values().stream()
                .sorted(Comparator.comparing(one -> order(one.key())))
                .toList()) {
            boolean release =
                    releaseAll || account.isIdle(now, idle) || !account.day().equals(today);
            // While the store is away somebody has to ask, or its return would not be noticed.
            Settlement settlement = account.settlement(away && !release, release);
            if (settlement != null) {
                of.add(account);
                settlements.add(settlement);
            } else if (release && account.isClean()) {
                accounts.computeIfPresent(
                        account.key(), (key, present) -> present == account && present.isClean() ? null : present);
            }
        }
        CompletionStage<Void> done = CompletableFuture.completedFuture(null);
        for (int i = 0; i < of.size(); i += BATCH) {
            int from = i;
            int to = Math.min(of.size(), i + BATCH);
            done = done.thenCompose(before -> {
                if (from > 0 && away) {
                    // It has just been tried: the rest would only wait for the same.
                    of.subList(from, to).forEach(QuotaAccount::failed);
                    return CompletableFuture.completedFuture(null);
                }
                return settle(of.subList(from, to), settlements.subList(from, to));
            });
        }
        return done;
    }

    /** Writes down what an integrator has used here today, so that the store knows of it. */
    CompletionStage<Void> report(UUID integratorId) {
        CompletionStage<Void> done = CompletableFuture.completedFuture(null);
        for (QuotaAccount account : accounts.values()) {
            if (account.key().integratorId().equals(integratorId) && !account.isClean()) {
                CompletableFuture<Void> settled = account.settled();
                Settlement settlement = account.settlement(false, false);
                if (settlement != null || account.isUnderWay()) {
                    settle(account, settlement);
                    done = done.thenCombine(settled, (one, other) -> null);
                }
            }
        }
        return done;
    }

    private static String order(Key key) {
        return key.integratorId() + "|" + key.practice().pmsType() + "|"
                + key.practice().pmsId() + "|" + key.day();
    }

    /** What an integrator has used here today and the store does not know of: queries and bytes. */
    long[] unreported(UUID integratorId, PmsKey practice) {
        QuotaAccount account =
                accounts.get(new Key(integratorId, practice, calendar.today().date()));
        return account == null ? new long[2] : account.unreported();
    }

    QuotaDay today() {
        return calendar.today();
    }

    boolean isAway() {
        return away;
    }

    int accounts() {
        return accounts.size();
    }

    /** Requests that were refused because there were too many accounts. */
    long notCounted() {
        return notCounted.get();
    }
}
