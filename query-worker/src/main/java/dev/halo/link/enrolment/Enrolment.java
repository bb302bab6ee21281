package dev.halo.link.enrolment;

import dev.halo.link.config.CloudUrls;
import dev.halo.link.config.LinkConfig;
import dev.halo.link.enrolment.RegistryException.Kind;
import dev.halo.link.identity.CredentialStore;
import dev.halo.link.identity.Credentials;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.link.LinkMessages.EnrolRequest;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.TokenRequest;
import dev.halo.protocol.link.LinkMessages.TokenResponse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Keeps the Link known to the registry: enrols while there is a token and no identity, renews token and secret, announces
 * the sites at the start, on a change and hourly. Keeps trying for ever and says why it does.
 *
 * <p>The secret that comes with a renewal is on the disk before it is used; until then the one before stays valid, so that
 * a crash or a lost answer locks nobody out.
 */
public final class Enrolment implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Enrolment.class);
    private static final int STOP_SECONDS = 3;
    /** How many new GUIDs in a row one round makes before it waits for the next one. */
    private static final int MAX_ANNOUNCEMENTS = 3;

    private static final long SOON_MILLIS = 50;
    private static final String ADVICE =
            " - this Link is not trusted any more. If its machine or data directory was copied"
                    + " or restored, stop the copy; then an operator lets this Link in again, or takes it out and it enrols anew"
                    + " (query-worker uninstall --force, query-worker enrol)";

    private final LinkConfig config;
    private final Optional<RegistryClient> registry;
    private final CredentialStore credentials;
    private final Announcer announcer;
    private final LinkClock clock;
    private final BackOff backOff;
    private final ScheduledThreadPoolExecutor thread;
    private final AtomicReference<String> offeredToken;
    private volatile RegistryState state;
    private volatile Runnable onIdentity = () -> {};
    private volatile Runnable onLeft = () -> {};
    private volatile boolean announceWanted = true;
    private volatile boolean renewWanted = true;
    private final AtomicBoolean woken = new AtomicBoolean();
    private ScheduledFuture<?> planned;
    private boolean wasRefused;
    private long lastRenewal;
    private long lastAnnouncement;
    private Announcement lastAnnounced;

    public Enrolment(
            LinkConfig config,
            CloudUrls urls,
            HttpClient http,
            CredentialStore credentials,
            Announcer announcer,
            LinkClock clock) {
        this.config = config;
        this.registry = urls.registry()
                .map(url -> new RegistryClient(http, url, config.registry().timeout(), clock));
        this.credentials = credentials;
        this.announcer = announcer;
        this.clock = clock;
        this.backOff =
                new BackOff(config.registry().minBackOff(), config.registry().maxBackOff());
        this.offeredToken = new AtomicReference<>(config.enrolmentToken()
                .map(String::strip)
                .filter(token -> !token.isEmpty())
                .orElse(null));
        this.state = registry.isEmpty() ? new RegistryState.NotConfigured() : notEnrolled();
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread worker = new Thread(task, "link-registry");
            worker.setDaemon(true);
            return worker;
        });
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private static RegistryState notEnrolled() {
        return new RegistryState.NotEnrolled(
                "there is no enrolment token (halo.link.enrolment-token, or: query-worker enrol --token-stdin)");
    }

    /** Called when there is an identity or a new token, on the enrolment's thread. */
    public void onIdentity(Runnable action) {
        onIdentity = action;
    }

    /** Called when the identity is gone, on the enrolment's thread. */
    public void onLeft(Runnable action) {
        onLeft = action;
    }

    /** Begins, and goes on until {@link #close()}. */
    public void start() {
        if (credentials.current().isPresent()) {
            onIdentity.run();
        }
        thread.execute(this::round);
    }

    public RegistryState state() {
        return state;
    }

    /** The sites or who is enabled have changed: the registry hears of it at once. */
    public void announceSoon() {
        announceWanted = true;
        wake();
    }

    /** The bridge refused the token. */
    public void renewSoon() {
        renewWanted = true;
        wake();
    }

    /** Enrols with a token that an administrator has typed; completes with the state after the attempt. */
    public CompletionStage<RegistryState> enrol(String token) {
        CompletableFuture<RegistryState> answer = new CompletableFuture<>();
        thread.execute(() -> {
            if (credentials.current().isEmpty()) {
                offeredToken.set(token);
                round();
            }
            answer.complete(state);
        });
        return answer;
    }

    /**
     * Tells the registry that this Link is uninstalled, and forgets its identity; completes with the state after that.
     *
     * @param force whether to forget it also where the registry does not take it, or cannot be asked
     */
    public CompletionStage<RegistryState> leave(boolean force) {
        CompletableFuture<RegistryState> answer = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                leaveNow(force);
                answer.complete(state);
            } catch (RegistryException | IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private void leaveNow(boolean force) throws RegistryException, IOException, InterruptedException {
        if (credentials.current().isEmpty()) {
            throw new RegistryException(Kind.REFUSED, "this Link is not enrolled");
        }
        try {
            tellThatItLeaves();
        } catch (RegistryException e) {
            if (!force) {
                throw e;
            }
            LOG.warnf("event=left_untold message=\"%s\"", e.getMessage());
        }
        UUID linkId = credentials.current().orElseThrow().linkId();
        try {
            credentials.clear();
        } catch (IOException e) {
            throw new IOException(
                    "the cloud was told, but the identity could not be removed here: " + e.getMessage(), e);
        }
        wasRefused = true;
        lastAnnounced = null;
        state = new RegistryState.NotEnrolled("this Link was uninstalled; to install it again: query-worker enrol");
        LOG.warnf("event=link_uninstalled link=%s", linkId);
        onLeft.run();
    }

    private void tellThatItLeaves() throws RegistryException, IOException, InterruptedException {
        if (registry.isEmpty()) {
            throw new RegistryException(Kind.UNREACHABLE, "no cloud is configured (halo.link.cloud-url)");
        }
        try {
            registry.get().leave(credentials.current().orElseThrow().token());
        } catch (RegistryException e) {
            if (e.kind() != Kind.UNAUTHORIZED) {
                throw e;
            }
            // Perhaps the token is only too old.
            renewWanted = true;
            renewIfDue(registry.get());
            registry.get().leave(credentials.current().orElseThrow().token());
        }
    }

    private void wake() {
        if (woken.compareAndSet(false, true) && !thread.isShutdown()) {
            thread.schedule(this::round, SOON_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void round() {
        woken.set(false);
        if (planned != null) {
            // A round that was asked for replaces the one that was planned.
            planned.cancel(false);
        }
        if (registry.isEmpty()) {
            return;
        }
        Duration next;
        try {
            next = proceed(registry.get());
        } catch (RegistryException e) {
            next = troubled(e);
        } catch (IOException e) {
            next = troubled(new RegistryException(
                    Kind.UNAVAILABLE, "the credentials cannot be kept in the data directory: " + e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (RuntimeException e) {
            LOG.errorf(e, "event=registry_round_broken");
            next = troubled(new RegistryException(Kind.UNAVAILABLE, "a failure inside the Link; its log says more"));
        }
        if (!thread.isShutdown()) {
            planned = thread.schedule(this::round, next.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private Duration troubled(RegistryException e) {
        Duration pause = backOff.next();
        RegistryState before = state;
        state = credentials.current().isEmpty()
                ? new RegistryState.NotEnrolled(e.getMessage())
                : new RegistryState.Troubled(e.getMessage(), clock.instant().plus(pause));
        if (!(before instanceof RegistryState.Troubled troubled)
                || !troubled.why().equals(e.getMessage())) {
            LOG.warnf("event=registry_trouble kind=%s message=\"%s\"", e.kind(), e.getMessage());
        }
        return pause;
    }

    private Duration proceed(RegistryClient client) throws RegistryException, IOException, InterruptedException {
        if (credentials.current().isEmpty() && !enrolled(client)) {
            return config.registry().renewEvery();
        }
        renewIfDue(client);
        announceIfDue(client);
        backOff.reset();
        state = new RegistryState.Trusted(credentials.current().orElseThrow().tokenExpiresAt());
        return untilNext();
    }

    private boolean enrolled(RegistryClient client) throws RegistryException, IOException, InterruptedException {
        String token = offeredToken.get();
        if (token == null) {
            if (!wasRefused) {
                state = notEnrolled();
            }
            return false;
        }
        EnrolResponse answer;
        try {
            answer = client.enrol(new EnrolRequest(token, config.environment(), config.version(), hostName()));
        } catch (RegistryException e) {
            if (e.kind() == Kind.UNAUTHORIZED || e.kind() == Kind.REFUSED) {
                offeredToken.compareAndSet(token, null);
                wasRefused = true;
                state = new RegistryState.NotEnrolled("the enrolment token was refused; " + e.getMessage());
                LOG.errorf("event=enrolment_refused message=\"%s\"", e.getMessage());
                return false;
            }
            throw e;
        }
        credentials.save(new Credentials(answer.linkId(), answer.secret(), answer.token(), answer.tokenExpiresAt()));
        offeredToken.set(null);
        lastRenewal = System.nanoTime();
        renewWanted = false;
        LOG.infof(
                "event=enrolled link=%s environment=%s",
                answer.linkId(), config.environment().wire());
        onIdentity.run();
        return true;
    }

    private static String hostName() {
        String name = System.getenv("COMPUTERNAME");
        return name != null ? name : System.getenv().getOrDefault("HOSTNAME", "unknown");
    }

    private void renewIfDue(RegistryClient client) throws RegistryException, IOException, InterruptedException {
        if (!renewWanted
                && nanosSince(lastRenewal) < config.registry().renewEvery().toNanos()) {
            return;
        }
        Credentials old = credentials.current().orElseThrow();
        TokenResponse answer = renewed(client, old);
        credentials.save(new Credentials(old.linkId(), answer.secret(), answer.token(), answer.tokenExpiresAt()));
        lastRenewal = System.nanoTime();
        renewWanted = false;
        LOG.infof("event=token_renewed expires=%s", answer.tokenExpiresAt());
        onIdentity.run();
    }

    private TokenResponse renewed(RegistryClient client, Credentials old)
            throws RegistryException, InterruptedException {
        try {
            return client.renew(new TokenRequest(old.linkId(), old.secret(), config.environment()), old.token());
        } catch (RegistryException e) {
            throw e.kind() == Kind.UNAUTHORIZED ? new RegistryException(e.kind(), e.getMessage() + ADVICE) : e;
        }
    }

    private void announceIfDue(RegistryClient client) throws RegistryException, InterruptedException {
        boolean hourly =
                nanosSince(lastAnnouncement) >= config.registry().renewEvery().toNanos();
        boolean wanted = announceWanted;
        for (int i = 0; (wanted || hourly || lastAnnounced == null) && i < MAX_ANNOUNCEMENTS; i++) {
            Optional<Announcement> now = announcer.announcement();
            if (now.isEmpty() || !hourly && now.get().equals(lastAnnounced)) {
                announceWanted = announceWanted && now.isEmpty();
                return;
            }
            announceWanted = false;
            try {
                wanted = announcer.accept(
                        client.announce(credentials.current().orElseThrow().token(), now.get()));
            } catch (RegistryException e) {
                announceWanted = true;
                renewWanted |= e.kind() == Kind.UNAUTHORIZED;
                throw e;
            }
            lastAnnounced = now.get();
            lastAnnouncement = System.nanoTime();
            hourly = false;
        }
    }

    private static long nanosSince(long then) {
        return then == 0 ? Long.MAX_VALUE : System.nanoTime() - then;
    }

    private Duration untilNext() {
        long every = config.registry().renewEvery().toNanos();
        long due = Math.min(every - nanosSince(lastRenewal), every - nanosSince(lastAnnouncement));
        if (lastAnnounced == null) {
            due = every - nanosSince(lastRenewal);
        }
        Instant expiry = credentials.current().orElseThrow().tokenExpiresAt();
        long untilExpiry =
                Duration.between(clock.instant(), expiry).dividedBy(2).toMillis();
        long millis = Math.min(TimeUnit.NANOSECONDS.toMillis(due), untilExpiry);
        return Duration.ofMillis(Math.max(config.registry().minBackOff().toMillis(), millis));
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
