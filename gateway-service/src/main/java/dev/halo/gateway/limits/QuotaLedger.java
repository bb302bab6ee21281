package dev.halo.gateway.limits;

import dev.halo.gateway.config.LimitsConfig;
import dev.halo.gateway.limits.QuotaAccount.Aim;
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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The daily quotas of integrators at practices. The truth is in PostgreSQL, which several gateways share; each takes
 * queries from it in small blocks ahead of need, so that a request waits for it only where a gateway has nothing of a quota
 * yet. While it is away, each gateway lets a configured part of a quota through, and owes it.
 */
final class QuotaLedger {

    private static final long RECHECK = Duration.ofSeconds(1).toNanos();

    /** How often one that waits is told that nothing was granted, before it is told so too. */
    private static final int TRIES = 5;

    /** What was under way, what was to be said again, and what then is left. */
    private static final int ROUNDS = 3;

    private static final int BATCH = 200;

    /**
     * How it counts.
     *
     * @param slot of this gateway
     * @param maxAccounts that are counted at the same time; beyond it {@link Grant.Unknown}
     * @param idle after which a share that nobody uses is given back
     * @param storeTimeout how long the store may take; a request waits for one answer that is under way and for its own
     * @param shareWithoutStore the part of a quota that is let through while the store is away, from 0 to 1
     */
    record Settings(int slot, int maxAccounts, Duration idle, Duration storeTimeout, double shareWithoutStore) {
        static Settings of(int slot, LimitsConfig.Ledger config) {
            return new Settings(
                    slot, config.maxAccounts(), config.idle(), config.storeTimeout(), config.shareWithoutStore());
        }
    }

    private record Question(UUID integratorId, PmsKey practice, Tier tier, boolean isQuery) {}

    private final QuotaStore store;
    private final QuotaStore.Gateway gateway;
    private final Settings settings;
    private final QuotaDay.Calendar calendar;
    private final LongSupplier nanos;
    private final Map<Key, QuotaAccount> accounts = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong notCounted = new AtomicLong();
    private volatile boolean away;

    /**
     * @param calendar says when a day ends
     * @param nanos a monotonic clock
     */
    QuotaLedger(QuotaStore store, Settings settings, QuotaDay.Calendar calendar, LongSupplier nanos) {
        this.store = store;
        this.gateway = new QuotaStore.Gateway(settings.slot(), UUID.randomUUID());
        this.settings = settings;
        this.calendar = calendar;
        this.nanos = nanos;
    }

    /** Takes a query of today's quota, if there is one left and results may be given too. */
    Grant query(UUID integratorId, PmsKey practice, Tier tier) {
        return ask(new Question(integratorId, practice, tier, true), TRIES, deadline());
    }

    /** Whether results may be given. */
    Grant results(UUID integratorId, PmsKey practice, Tier tier) {
        return ask(new Question(integratorId, practice, tier, false), TRIES, deadline());
    }

    private long deadline() {
        return nanos.getAsLong() + 2 * settings.storeTimeout().toNanos();
    }

    private Grant ask(Question question, int tries, long deadline) {
        Tier tier = question.tier();
        QuotaDay day = calendar.today();
        QuotaAccount account;
        Answer answer;
        do {
            account = account(new Key(question.integratorId(), question.practice(), day.date()), day, tier);
            if (account == null) {
                boolean hasQuotas = tier.dailyQueries() != Tier.NONE || tier.dailyBytes() != Tier.NONE;
                return hasQuotas ? new Grant.Unknown() : new Grant.Given(QuotaTicket.OF_NOTHING);
            }
            long now = nanos.getAsLong();
            answer = question.isQuery() ? account.take(away, now, RECHECK) : account.bytes(away, now);
        } while (answer == Answer.CLOSED);
        return switch (answer) {
            case GIVEN -> given(account, question.isQuery());
            case QUERIES_EXHAUSTED -> new Grant.Exhausted(Grant.What.QUERIES, tier.dailyQueries(), day);
            case BYTES_EXHAUSTED -> new Grant.Exhausted(Grant.What.BYTES, tier.dailyBytes(), day);
            case ASK -> later(account, question, tries, deadline);
            case UNKNOWN, CLOSED -> new Grant.Unknown();
        };
    }

    private Grant given(QuotaAccount account, boolean isQuery) {
        if (isQuery && !away && account.isLow()) {
            settle(account, account.settlement(Aim.QUERIES));
        }
        return new Grant.Given(new QuotaTicket(this, account, isQuery));
    }

    /** A try is spent only where nothing was granted: else others were served, and it is this one's turn soon. */
    private Grant later(QuotaAccount account, Question question, int tries, long deadline) {
        long left = deadline - nanos.getAsLong();
        if (tries == 0 || left <= 0) {
            return new Grant.Unknown();
        }
        CompletableFuture<Boolean> settled = account.startWaiting(question.isQuery());
        if (settled == null) {
            return ask(question, tries, deadline);
        }
        settle(account, account.settlement(question.isQuery() ? Aim.QUERIES : Aim.KNOW));
        return new Grant.Later(settled.orTimeout(left, TimeUnit.NANOSECONDS)
                .handle((gave, failure) -> {
                    account.stopWaiting(question.isQuery());
                    return ask(question, Boolean.TRUE.equals(gave) ? tries : tries - 1, deadline);
                })
                .thenCompose(grant ->
                        grant instanceof Grant.Later later ? later.grant() : CompletableFuture.completedFuture(grant)));
    }

    /** Null where there is no room. */
    private QuotaAccount account(Key key, QuotaDay day, Tier tier) {
        QuotaAccount account = accounts.get(key);
        if (account == null) {
            if (accounts.size() >= settings.maxAccounts()) {
                notCounted.incrementAndGet();
                return null;
            }
            account = accounts.computeIfAbsent(
                    key,
                    unused -> new QuotaAccount(
                            key, day, tier, settings.shareWithoutStore(), nanos.getAsLong(), numbers::incrementAndGet));
        }
        account.limit(tier);
        return account;
    }

    void count(QuotaAccount account, long bytes) {
        QuotaAccount live = inPlaceOf(account, present -> present.count(bytes, nanos.getAsLong()));
        if (!away && live.hasMuchToSay()) {
            settle(live, live.settlement(Aim.REPORT));
        }
    }

    void giveBack(QuotaAccount account) {
        inPlaceOf(account, QuotaAccount::giveBack);
    }

    /** Whether or not there is one left: the query is under way. */
    void takeAgain(QuotaAccount account) {
        inPlaceOf(account, QuotaAccount::takeAgain);
    }

    /** Its day may have ended and its last settlement be over, or another one have taken its place. */
    private QuotaAccount inPlaceOf(QuotaAccount account, Consumer<QuotaAccount> change) {
        return accounts.compute(account.key(), (key, present) -> {
            QuotaAccount live = present == null ? account : present;
            change.accept(live);
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
            answers = store.settle(gateway, settlements);
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

    /** As {@link #write}, and gives back all that is left; also what is being said meanwhile. */
    CompletionStage<Void> release() {
        return release(ROUNDS);
    }

    private CompletionStage<Void> release(int rounds) {
        return write(true)
                .thenCompose(done ->
                        rounds == 1 || away || accounts.values().stream().allMatch(QuotaAccount::isClean)
                                ? CompletableFuture.completedFuture(null)
                                : release(rounds - 1));
    }

    private CompletionStage<Void> write(boolean releaseAll) {
        long now = nanos.getAsLong();
        long idle = settings.idle().toNanos();
        QuotaDay today = calendar.today();
        return settle(accounts.values().stream(), account -> {
            boolean release =
                    releaseAll || account.isIdle(now, idle) || !account.day().equals(today);
            // While the store is away somebody has to ask, or its return would not be noticed.
            return release ? Aim.RELEASE : away ? Aim.KNOW : Aim.REPORT;
        });
    }

    /** Writes down what an integrator has used here today, so that the store knows of it. */
    CompletionStage<Void> report(UUID integratorId) {
        return settle(
                accounts.values().stream()
                        .filter(account -> account.key().integratorId().equals(integratorId)),
                account -> Aim.REPORT);
    }

    /** Completes when what is under way already is over too. */
    private CompletionStage<Void> settle(Stream<QuotaAccount> which, Function<QuotaAccount, Aim> aims) {
        List<QuotaAccount> of = new ArrayList<>();
        List<Settlement> settlements = new ArrayList<>();
        CompletionStage<Void> others = CompletableFuture.completedFuture(null);
        // In one order everywhere, so that two gateways never wait for each other's rows.
        for (QuotaAccount account :
                which.sorted(Comparator.comparing(one -> order(one.key()))).toList()) {
            Aim aim = aims.apply(account);
            Settlement settlement = account.settlement(aim);
            CompletableFuture<Boolean> underWay = settlement == null ? account.underWay() : null;
            if (settlement != null) {
                of.add(account);
                settlements.add(settlement);
            } else if (underWay != null) {
                others = others.thenCombine(underWay, (one, other) -> null);
            } else if (aim == Aim.RELEASE) {
                accounts.computeIfPresent(
                        account.key(), (key, present) -> present == account && present.close() ? null : present);
            }
        }
        return settleAll(of, settlements).thenCombine(others, (one, other) -> null);
    }

    private CompletionStage<Void> settleAll(List<QuotaAccount> of, List<Settlement> settlements) {
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
