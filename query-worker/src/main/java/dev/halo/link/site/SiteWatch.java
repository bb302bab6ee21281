package dev.halo.link.site;

import dev.halo.link.config.LinkConfig;
import dev.halo.link.config.ZedmedConfig;
import dev.halo.link.firebird.Discovery;
import dev.halo.link.identity.SiteBinding;
import dev.halo.link.identity.SiteBindings;
import dev.halo.link.installation.IniScan;
import dev.halo.link.installation.Installation;
import dev.halo.link.installation.ZedmedIni;
import dev.halo.link.site.SiteState.Found;
import dev.halo.link.site.SiteState.Reason;
import dev.halo.link.site.SiteState.Unusable;
import dev.halo.link.site.SiteState.Usable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Keeps looking at the INI and the databases, so that what is repaired recovers by itself: all at the configured
 * interval, more often while something is wrong or when the INI has changed, and at once when asked.
 */
public final class SiteWatch implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(SiteWatch.class);
    private static final int STOP_SECONDS = 5;

    private final ZedmedIni ini;
    private final SiteProbe probe;
    private final SiteBindings bindings;
    private final SiteDirectory directory;
    private final Duration probeEvery;
    private final Duration retryEvery;
    private final ExecutorService probes;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final Map<String, Installation> installations = new LinkedHashMap<>();
    private volatile Runnable afterLook = () -> {};
    private String fingerprint = "";
    private long lastFullLook;

    public SiteWatch(
            LinkConfig config,
            ZedmedConfig zedmed,
            Discovery discovery,
            SiteBindings bindings,
            SiteDirectory directory) {
        this.ini = new ZedmedIni(zedmed);
        this.probe = new SiteProbe(discovery, bindings, zedmed, config.environment());
        this.bindings = bindings;
        this.directory = directory;
        this.probeEvery = config.sites().probeEvery();
        this.retryEvery = config.sites().retryEvery();
        this.probes = Executors.newFixedThreadPool(config.sites().probeThreads(), named("link-probe"));
        this.timer = Executors.newSingleThreadScheduledExecutor(named("link-sites"));
    }

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Called after each look, on the watch's thread: to check what else depends on the databases being there. */
    public void afterLook(Runnable action) {
        afterLook = action;
    }

    /** Begins to look, at once and then for ever. */
    public void start() {
        timer.scheduleWithFixedDelay(this::tick, 0, retryEvery.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Looks at everything soon. */
    public void lookSoon() {
        if (asked.compareAndSet(false, true) && !timer.isShutdown()) {
            timer.execute(this::tick);
        }
    }

    SiteProbe probe() {
        return probe;
    }

    private void tick() {
        try {
            boolean wanted = asked.getAndSet(false);
            long now = System.nanoTime();
            boolean due = lastFullLook == 0 || now - lastFullLook >= probeEvery.toNanos();
            boolean rewritten = !ini.fingerprint().equals(fingerprint);
            if (wanted || due || rewritten || isAnythingWrong()) {
                boolean changed = look();
                // Who may enter is looked at with the rest, not each time that something else is still broken.
                if (wanted || due || rewritten || changed) {
                    lastFullLook = now;
                    afterLook.run();
                }
            }
        } catch (RuntimeException e) {
            LOG.errorf(e, "event=site_look_failed");
        }
    }

    private boolean isAnythingWrong() {
        return !directory.iniProblems().isEmpty()
                || directory.states().stream()
                        .anyMatch(state -> !(state instanceof Usable usable)
                                || !usable.warnings().isEmpty());
    }

    /** Reads the INI and looks at every installation; returns whether anything is different from before. */
    boolean look() {
        fingerprint = ini.fingerprint();
        IniScan scan = ini.scan();
        if (!scan.failed()) {
            forgetGone(scan.installations());
            installations.clear();
            scan.installations().forEach(found -> installations.put(SiteDirectory.key(found.section()), found));
        }
        showWhatIsNew(scan);
        Map<String, SiteState> states = lookAtAll();
        if (scan.failed()) {
            addKnownSections(states);
        }
        logProblems(scan);
        logChanges(states);
        boolean changed = !List.copyOf(directory.states()).equals(List.copyOf(states.values()));
        directory.replace(states, scan.problems());
        return changed;
    }

    private void logProblems(IniScan scan) {
        scan.problems().stream()
                .filter(problem -> !directory.iniProblems().contains(problem))
                .forEach(problem -> LOG.warnf("event=ini_problem message=\"%s\"", problem.message()));
        if (scan.problems().isEmpty() && !directory.iniProblems().isEmpty()) {
            LOG.info("event=ini_good");
        }
    }

    private void forgetGone(List<Installation> now) {
        installations.values().stream().filter(old -> !now.contains(old)).forEach(probe::forget);
    }

    /** Before the databases answer, which may take their time-outs, the report already says what the INI names. */
    private void showWhatIsNew(IniScan scan) {
        if (directory.states().isEmpty() && !installations.isEmpty()) {
            Map<String, SiteState> found = new LinkedHashMap<>();
            installations.forEach((key, installation) -> found.put(key, new Found(installation)));
            directory.replace(found, scan.problems());
        }
    }

    private Map<String, SiteState> lookAtAll() {
        Map<String, Future<SiteState>> looks = new LinkedHashMap<>();
        installations.forEach((key, installation) -> looks.put(key, probes.submit(() -> probe.look(installation))));
        Map<String, SiteState> states = new LinkedHashMap<>();
        looks.forEach((key, look) -> states.put(key, result(installations.get(key), look)));
        return states;
    }

    private SiteState result(Installation installation, Future<SiteState> look) {
        try {
            return look.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(installation, "the look at it was interrupted");
        } catch (ExecutionException e) {
            LOG.errorf(e.getCause(), "event=probe_broken section=\"%s\"", installation.section());
            return failed(installation, "the look at it failed inside the Link; its log says more");
        }
    }

    private static SiteState failed(Installation installation, String message) {
        return new Unusable(installation.section(), Reason.PROBE_FAILED, message, Optional.empty());
    }

    /** An INI that cannot be read says nothing against the sites it named before the Link was started. */
    private void addKnownSections(Map<String, SiteState> states) {
        for (SiteBinding binding : bindings.current()) {
            states.computeIfAbsent(
                    SiteDirectory.key(binding.section()),
                    key -> new Unusable(
                            binding.section(),
                            Reason.INI_UNREADABLE,
                            "the INI cannot be read, so that its databases' place is not known",
                            Optional.of(new ServedSite(binding, new ArrayList<>()))));
        }
    }

    private void logChanges(Map<String, SiteState> states) {
        Map<String, SiteState> old = new HashMap<>();
        directory.states().forEach(state -> old.put(SiteDirectory.key(state.section()), state));
        states.forEach((key, state) -> {
            if (!state.equals(old.get(key))) {
                log(state);
            }
        });
    }

    private static void log(SiteState state) {
        if (state instanceof Usable usable) {
            LOG.infof(
                    "event=site_usable section=\"%s\" site=%s databaseId=%s",
                    usable.section(),
                    usable.binding().siteId(),
                    usable.binding().announcedId());
        } else if (state instanceof Unusable unusable) {
            LOG.warnf(
                    "event=site_unusable section=\"%s\" reason=%s message=\"%s\"",
                    unusable.section(), unusable.reason(), unusable.message());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        probes.shutdownNow();
        try {
            if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("event=site_watch_slow_stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
