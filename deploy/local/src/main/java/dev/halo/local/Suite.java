package dev.halo.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.embedded.ChildProcess;
import dev.halo.embedded.DemoPractice;
import dev.halo.embedded.EmbeddedFirebird;
import dev.halo.embedded.EmbeddedKafka;
import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.embedded.Ports;
import dev.halo.local.DemoFacts.SiteFacts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The whole suite on one machine: Kafka in this JVM, PostgreSQL, Firebird and the four services as processes that end
 * with it. Several suites can run side by side, in one JVM too, if their ports and state folders differ.
 *
 * <p>{@link #start()} returns when the demo is complete. {@link #close()} may be called at any moment from another
 * thread; it ends everything in order, the Link first.
 */
public final class Suite implements AutoCloseable {

    private static final Duration READY = Duration.ofSeconds(300);
    private static final int STARTS = 3;
    private static final Duration REAP = Duration.ofSeconds(10);

    private final SuiteSettings settings;
    private final StateDirectory state;
    private final StateDirectory.Lock lock;
    private final Map<ServiceName, ServiceProcess> services = new EnumMap<>(ServiceName.class);
    private final DemoDatabases databases;
    private final SuiteKeys keys;
    private final TokenIssuer issuer;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "halo-suite");
        thread.setDaemon(true);
        return thread;
    });
    private final List<ServiceProcess> others = new CopyOnWriteArrayList<>();
    private volatile EmbeddedKafka kafka;
    private volatile EmbeddedPostgres postgres;
    private volatile boolean closing;
    private DemoFacts facts;
    private LinkCommands linkCommands;

    private Suite(SuiteSettings settings, StateDirectory state, StateDirectory.Lock lock) {
        this.settings = settings;
        this.state = state;
        this.lock = lock;
        this.databases = new DemoDatabases(settings, state);
        this.keys = SuiteKeys.loadOrCreate(state.folder("keys"));
        this.issuer = settings.keycloak() ? new KeycloakIssuer(settings, state) : new OwnKeyIssuer(keys);
        for (ServiceName name : ServiceName.values()) {
            services.put(
                    name,
                    new ServiceProcess(
                            name, 0, settings, state, settings.ports().of(name)));
        }
    }

    /**
     * Takes the state folder and ends what a crashed run left in it.
     *
     * @throws SuiteException when another suite uses the folder or a port is taken
     */
    public static Suite open(SuiteSettings settings) {
        StateDirectory state = StateDirectory.open(settings.state());
        StateDirectory.Lock lock = state.lock();
        try {
            reap(state);
            settings.ports().requireFree(settings.zedmedIni().isEmpty(), settings.keycloak());
            if (settings.clean()) {
                state.clean();
            }
            state.requireKind(settings.kind());
            return new Suite(settings, state, lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Ends the processes that a crashed suite left; says whether there were any. */
    static boolean reap(StateDirectory state) {
        boolean left = false;
        for (Path pidFile : state.pidFiles()) {
            left |= ChildProcess.reap(pidFile, REAP);
        }
        left |= ChildProcess.reap(state.root().resolve("postgresql/server.pid"), REAP);
        left |= ChildProcess.reap(state.root().resolve("firebird/server.pid"), REAP);
        left |= ChildProcess.reap(state.root().resolve("keycloak/server.pid"), REAP);
        return left;
    }

    /**
     * Starts everything and makes the demo.
     *
     * @throws SuiteException when a part does not start; what had started is then still running, close the suite
     */
    public DemoFacts start() {
        ServiceSettings configuration = serviceSettings();
        CompletableFuture<Void> issuing = startIssuer();
        CompletableFuture<Void> practicesMade = run(
                "Firebird and the practices",
                () -> configure(ServiceName.LINK, configuration.link(databases.start(), ServiceName.LINK.id())));
        CompletableFuture<Void> broker = run(
                "Kafka",
                () -> kafka = EmbeddedKafka.start(
                        state.folder("kafka"), settings.ports().kafka()));
        CompletableFuture<Void> database = run("PostgreSQL", () -> {
            EmbeddedPostgres started = EmbeddedPostgres.start(
                    state.folder("postgresql"), settings.ports().postgres());
            postgres = started;
            started.createDatabase("halo_registry");
            started.createDatabase("halo_gateway");
        });
        join(broker, database);
        failIfFailed(issuing);
        for (ServiceName name : List.of(ServiceName.REGISTRY, ServiceName.ROUTING, ServiceName.GATEWAY)) {
            configure(name, configuration.cloud(name, postgres.password()));
            service(name).start();
        }
        join(practicesMade);
        service(ServiceName.LINK).start();
        for (ServiceName name : List.of(ServiceName.REGISTRY, ServiceName.ROUTING, ServiceName.GATEWAY)) {
            failIfFailed(issuing);
            awaitReady(name);
        }
        join(issuing);
        progress("making the demo");
        facts = makeDemo(configuration);
        writeDemoEnvironment();
        return facts;
    }

    // The services do not wait for it: they look for its keys again when the first token comes.
    private CompletableFuture<Void> startIssuer() {
        if (issuer instanceof KeycloakIssuer) {
            return run("Keycloak", issuer::start);
        }
        issuer.start();
        return CompletableFuture.completedFuture(null);
    }

    private ServiceSettings serviceSettings() {
        return new ServiceSettings(settings, keys, issuer, state);
    }

    private void awaitReady(ServiceName name) {
        long begun = System.nanoTime();
        for (int attempt = 1; attempt < STARTS && !closing && !service(name).becomesReady(READY); attempt++) {
            if (!service(name).isRunning() && !closing) {
                // A service gives up when the machine is too slow for it; whoever runs it starts it again.
                progress(name.module() + " has ended at its start, starting it again");
                service(name).start();
            }
        }
        service(name).awaitReady(READY);
        progress("%s is ready at %s (%.1f s)"
                .formatted(name.module(), service(name).url(), (System.nanoTime() - begun) / 1e9));
    }

    private void configure(ServiceName name, Map<String, String> configuration) {
        ServiceProcess service = service(name);
        configuration.forEach(service::configure);
        settings.overrides().getOrDefault(name, Map.of()).forEach(service::configure);
    }

    private DemoFacts makeDemo(ServiceSettings configuration) {
        linkCommands = new LinkCommands(
                ServiceName.LINK.jar(settings.repository()), configuration.linkData(ServiceName.LINK.id()));
        DemoMaker maker = new DemoMaker(
                settings,
                databases,
                issuer,
                new DemoMaker.Addresses(
                        service(ServiceName.GATEWAY).url(),
                        service(ServiceName.REGISTRY).url(),
                        service(ServiceName.ROUTING).url()),
                this::progress);
        return maker.make(linkCommands, new DemoMemory(state.folder("keys").resolve("demo.properties")));
    }

    private void writeDemoEnvironment() {
        DemoEnvironment environment = new DemoEnvironment(facts);
        services.forEach((name, process) -> environment.pid(name, process.pid()));
        if (issuer instanceof KeycloakIssuer keycloak) {
            environment.keycloakPid(keycloak.pid());
        }
        DemoDatabases.Administrator administrator = databases.administrator();
        environment.firebird(databases.firstAddress(), administrator.user(), administrator.password());
        environment.write(state.demoEnvironment());
    }

    /** Writes {@code demo.env} again, after services were restarted and have other process ids. */
    public void refreshDemoEnvironment() {
        writeDemoEnvironment();
    }

    /**
     * Runs a query as integrator A through the API.
     *
     * @return the rows
     * @throws SuiteException with the API's message when it was refused or failed
     */
    public JsonNode query(SiteFacts site, String catalogue, String sql) {
        IntegratorApi api =
                new IntegratorApi(facts.gateway(), facts.integrators().get("A").primaryKey());
        HttpJson.Answer answer = api.immediate(site.siteId(), catalogue, sql);
        if (!answer.successful()) {
            throw new SuiteException("The query failed, " + answer.problem());
        }
        return IntegratorApi.rows(answer);
    }

    /** One of the four services, to kill, stop, reconfigure or start. */
    public ServiceProcess service(ServiceName name) {
        return services.get(name);
    }

    /**
     * One more bridge or gateway beside the suite's own, on a free port. It has the suite's settings and its own slot, is
     * not started yet, and ends with the suite.
     */
    public ServiceProcess another(ServiceName name) {
        if (name != ServiceName.ROUTING && name != ServiceName.GATEWAY) {
            throw new IllegalArgumentException("There is one " + name.module());
        }
        int slot = 1 + others.size();
        ServiceProcess another = beside(name, slot, serviceSettings().cloud(name, postgres.password()));
        another.configure("halo." + name.id() + ".slot", Integer.toString(slot));
        return another;
    }

    /**
     * One more Link that finds the same databases. It has an identity of its own, is neither started nor enrolled yet, and
     * ends with the suite.
     */
    public LinkInstallation anotherLink() {
        int number = 1 + others.size();
        String installation = ServiceName.LINK.id() + "-" + number;
        ServiceSettings configuration = serviceSettings();
        ServiceProcess process =
                beside(ServiceName.LINK, number, configuration.link(databases.discovery(), installation));
        return new LinkInstallation(
                process,
                new LinkCommands(ServiceName.LINK.jar(settings.repository()), configuration.linkData(installation)));
    }

    private ServiceProcess beside(ServiceName name, int number, Map<String, String> configuration) {
        int port = Ports.free();
        ServiceProcess process = new ServiceProcess(name, number, settings, state, port);
        configuration.forEach(process::configure);
        settings.overrides().getOrDefault(name, Map.of()).forEach(process::configure);
        process.configure("quarkus.http.port", Integer.toString(port));
        process.configure("quarkus.http.access-log.base-file-name", ServiceProcess.accessLogName(process.id()));
        others.add(process);
        return process;
    }

    /** The broker. */
    public EmbeddedKafka kafka() {
        return kafka;
    }

    /** The cloud's database. */
    public EmbeddedPostgres postgres() {
        return postgres;
    }

    /** The practices' server; null with an INI of one's own. */
    public EmbeddedFirebird firebird() {
        return databases.firebird();
    }

    /** The demo's practices in order; none with an INI of one's own. */
    public List<DemoPractice> practices() {
        return databases.practices();
    }

    /** The Link's commands. */
    public LinkCommands linkCommands() {
        return linkCommands;
    }

    /** What the started suite is made of. */
    public DemoFacts facts() {
        return facts;
    }

    /** Its folder. */
    public StateDirectory state() {
        return state;
    }

    /** Whether it is being stopped, so that a service that ends is no news. */
    public boolean isClosing() {
        return closing;
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (closing) {
                return;
            }
            closing = true;
        }
        Closing parts = new Closing();
        parts.close(service(ServiceName.LINK));
        CompletableFuture<?>[] cloud = List.of(ServiceName.GATEWAY, ServiceName.ROUTING, ServiceName.REGISTRY).stream()
                .map(name -> CompletableFuture.runAsync(() -> service(name).close(), threads))
                .toArray(CompletableFuture[]::new);
        parts.close(() -> CompletableFuture.allOf(cloud).join());
        others.forEach(parts::close);
        parts.close(issuer);
        parts.close(databases);
        parts.close(postgres);
        parts.close(kafka);
        threads.shutdownNow();
        lock.close();
        parts.failIfAny();
    }

    private CompletableFuture<Void> run(String what, Runnable start) {
        long begun = System.nanoTime();
        progress("starting " + what);
        return CompletableFuture.runAsync(
                () -> {
                    start.run();
                    progress("%s: ready (%.1f s)".formatted(what, (System.nanoTime() - begun) / 1e9));
                },
                threads);
    }

    // What takes longest is waited for last, but a failure of it is not.
    private static void failIfFailed(CompletableFuture<?> part) {
        if (part.isCompletedExceptionally()) {
            join(part);
        }
    }

    private static void join(CompletableFuture<?>... parts) {
        try {
            CompletableFuture.allOf(parts).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void progress(String line) {
        if (!closing) {
            settings.progress().accept(line);
        }
    }
}
