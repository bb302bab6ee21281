package dev.halo.link.firebird;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.halo.link.enablement.AccessException;
import dev.halo.link.enablement.CatalogueAccess;
import dev.halo.link.enablement.FirebirdIntegratorAccess;
import dev.halo.link.execution.CancelToken;
import dev.halo.link.execution.Execution;
import dev.halo.link.execution.ExecutionLimits;
import dev.halo.link.execution.ExecutionResult;
import dev.halo.link.execution.StopCause;
import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.EngineUnderTest.Whole;
import dev.halo.link.testing.Settings;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.test.Background;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets into a database, and who no longer does. */
class AccessIT {

    private static final String SCHEMA = """
            create table T (ID integer, A integer, B integer);
            create table OPEN_TO_ALL (ID integer);
            create table SECRET_NOTES (NOTE varchar(20));
            create sequence S;
            set term ^; create procedure P returns (X integer) as begin x = 1; end^ set term ;^
            grant select on OPEN_TO_ALL to public;
            grant select, insert, update (A) on T to role HALO_INTEGRATOR;
            grant execute on procedure P to role HALO_INTEGRATOR;
            grant usage on sequence S to role HALO_INTEGRATOR;
            """;
    private static final String ENDLESS =
            "select count(*) from rdb$fields a, rdb$fields b, rdb$fields c, rdb$fields d, rdb$fields e";

    private static TestDatabase database;
    private static TestDatabase other;

    private final AtomicInteger verified = new AtomicInteger();
    private volatile QueryFailure refusal;
    private EngineUnderTest engine;

    @BeforeAll
    static void create() {
        database = TestDatabase.create("WIN1252", SCHEMA);
        other = TestDatabase.create("WIN1252", SCHEMA);
    }

    @BeforeEach
    void start() {
        engine = new EngineUnderTest(
                database,
                Map.of(
                        "halo.link.firebird.max-lifetime", "3S",
                        "halo.link.firebird.max-connections", "2",
                        "halo.link.firebird.acquire-timeout", "0.3S"),
                Map.of(),
                site -> {
                    verified.incrementAndGet();
                    return Optional.ofNullable(refusal);
                });
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void givesTheVendorsPrivilegesAndNoOther() {
        assertThat(engine.reader("select ID from T").json()).isEqualTo("[]");
        assertThat(engine.nonQuery("insert into T (ID, A) values (next value for S, 1)")
                        .result())
                .isInstanceOf(ExecutionResult.Affected.class);
        assertThat(engine.nonQuery("update T set A = 2").affected().rowsAffected())
                .isEqualTo(1);
        assertThat(engine.reader("execute procedure P").json()).isEqualTo("[{\"X\":1}]");
        assertThat(engine.nonQuery("update T set B = 2").failure().code()).isEqualTo(335544352);
        assertThat(engine.nonQuery("delete from T").failure().code()).isEqualTo(335544352);
        assertThat(engine.reader("select * from SECRET_NOTES").failure().code()).isEqualTo(335544352);
    }

    @Test
    void seesARightThatIsGrantedAfterARefusal() {
        assertThat(engine.reader("select * from SECRET_NOTES").failure().code()).isEqualTo(335544352);
        String role = database.login().role();
        database.execute("grant select on SECRET_NOTES to role " + role + ";");
        try {
            assertThat(engine.reader("select * from SECRET_NOTES").json()).isEqualTo("[]");
        } finally {
            database.execute("revoke select on SECRET_NOTES from role " + role + ";");
        }
    }

    @Test
    void refusesAWrongSecret() {
        IntegratorLogin right = database.login();
        IntegratorLogin wrong =
                new IntegratorLogin(right.siteId(), right.integratorId(), right.user(), "wrong", right.role());

        assertThat(run(database.site(), wrong).is(LinkErrorCode.INTEGRATOR_DISABLED))
                .isTrue();
    }

    @Test
    void refusesAnIntegratorOfAnotherPracticeOfTheServer() {
        // The user exists on the whole server and could read what is open to PUBLIC.
        assertThat(run(other.site(), database.login()).is(LinkErrorCode.INTEGRATOR_DISABLED))
                .isTrue();
        assertThat(TestDatabase.access()
                        .check(database.login(), List.of(database.site(), named(other.site(), "OTHER"))))
                .isEqualTo(Map.of("PATIENTS", CatalogueAccess.ENABLED, "OTHER", CatalogueAccess.ROLE_MISSING));
    }

    @Test
    void noticesARevocationWhenTheConnectionHasHadItsTime() throws AccessException {
        IntegratorLogin login = database.enableAnother();
        assertThat(run(database.site(), login)).isNull();

        TestDatabase.access().disable(database.administrator(), login.integratorId(), List.of(database.site()));

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            QueryFailure failure = run(database.site(), login);
            return failure != null && failure.is(LinkErrorCode.INTEGRATOR_DISABLED);
        });
        assertThat(TestDatabase.access().check(login, List.of(database.site())))
                .containsValue(CatalogueAccess.LOGIN_REFUSED);
    }

    @Test
    void closesConnectionsSoonAfterTheirLastUse() {
        engine.reader("select ID from T");
        assertThat(engine.engine().openConnections()).isEqualTo(1);

        await().atMost(Duration.ofSeconds(60)).until(() -> engine.engine().openConnections() == 0);
    }

    @Test
    void usesAConnectionAgain() {
        engine.reader("select ID from T");
        String first = engine.scalar("select current_connection as C from rdb$database")
                .json();

        assertThat(engine.scalar("select current_connection as C from rdb$database")
                        .json())
                .isEqualTo(first);
    }

    @Test
    void closesAnIntegratorsConnectionsAtOnce() {
        engine.reader("select ID from T");

        engine.engine().revoke(database.login().siteId(), database.login().integratorId());

        assertThat(engine.engine().openConnections()).isZero();
    }

    @Test
    void verifiesTheSiteBeforeAConnectionIsOpened() {
        engine.reader("select ID from T");
        engine.engine().revoke(database.login().siteId(), database.login().integratorId());
        engine.reader("select ID from T");

        assertThat(verified).hasValue(1);
    }

    @Test
    void runsNothingOnASiteThatIsNotWhatItWas() {
        refusal = LinkErrorCode.INTERNAL.failure("The database is another one.");
        assertThat(engine.reader("select ID from T").failure()).isEqualTo(refusal);
        assertThat(engine.engine().openConnections()).isZero();

        refusal = null;
        assertThat(engine.reader("select ID from T").json()).startsWith("[");
        assertThat(verified).hasValue(2);
    }

    @Test
    void opensNoMoreConnectionsThanItMay() throws Exception {
        IntegratorLogin second = database.enableAnother();
        CancelToken firstToken = new CancelToken();
        CancelToken secondToken = new CancelToken();
        CompletableFuture<ExecutionResult> one = startEndless(database.login(), firstToken);
        CompletableFuture<ExecutionResult> two = startEndless(second, secondToken);
        await().atMost(Duration.ofSeconds(60)).until(() -> database.runningStatements() == 2);

        QueryFailure refused = run(database.site(), database.login());

        assertThat(refused.is(LinkErrorCode.INTERNAL)).isTrue();
        firstToken.stop(StopCause.CANCELLED);
        secondToken.stop(StopCause.CANCELLED);
        one.get(60, TimeUnit.SECONDS);
        two.get(60, TimeUnit.SECONDS);
        assertThat(run(database.site(), database.login())).isNull();
    }

    @Test
    void makesRoomByClosingAnIdleConnection() {
        IntegratorLogin second = database.enableAnother();
        IntegratorLogin third = database.enableAnother();

        for (IntegratorLogin login : List.of(database.login(), second, third, database.login())) {
            assertThat(run(database.site(), login)).isNull();
        }

        assertThat(engine.engine().openConnections()).isLessThanOrEqualTo(2);
    }

    @Test
    void rotatesASecretWithoutAnAdministrator() throws AccessException {
        IntegratorLogin before = database.enableAnother();

        IntegratorLogin after = TestDatabase.access().rotate(before, database.site());

        assertThat(after.secret()).isNotEqualTo(before.secret());
        assertThat(run(database.site(), after)).isNull();
        assertThat(run(database.site(), before).is(LinkErrorCode.INTEGRATOR_DISABLED))
                .isTrue();
    }

    @Test
    void enablesAgainWithANewSecretAndOnlyTheVendorsPrivileges() throws AccessException {
        IntegratorLogin first = database.enableAnother();
        database.execute("grant select on SECRET_NOTES to role " + first.role() + ";");

        IntegratorLogin again =
                TestDatabase.access().enable(database.administrator(), first.integratorId(), List.of(database.site()));

        assertThat(again.user()).isEqualTo(first.user());
        assertThat(again.secret()).isNotEqualTo(first.secret());
        ExecutionResult result = result(database.site(), again, "select * from SECRET_NOTES");
        assertThat(((ExecutionResult.Failed) result).failure().code()).isEqualTo(335544352);
    }

    @Test
    void listsWhoIsEnabled() throws AccessException {
        IntegratorLogin login = database.enableAnother();

        assertThat(TestDatabase.access().list(database.administrator(), database.site()))
                .contains(login.user(), database.login().user());
        TestDatabase.access().disable(database.administrator(), login.integratorId(), List.of(database.site()));
        assertThat(TestDatabase.access().list(database.administrator(), database.site()))
                .doesNotContain(login.user());
    }

    @Test
    void disablesWhatIsNotThere() throws AccessException {
        TestDatabase.access().disable(database.administrator(), UUID.randomUUID(), List.of(database.site()));
    }

    @Test
    void saysThatTheAdministratorsPasswordIsWrong() {
        assertThatThrownBy(() -> TestDatabase.access()
                        .enable(Login.of("SYSDBA", "wrong"), UUID.randomUUID(), List.of(database.site())))
                .isInstanceOf(AccessException.class)
                .hasMessageContaining("refuses the login")
                .hasMessageNotContaining("wrong");
    }

    @Test
    void leavesNothingBehindWhereTheVendorsRoleIsMissing() {
        UUID integrator = UUID.randomUUID();
        FirebirdIntegratorAccess access = new FirebirdIntegratorAccess(Settings.firebird(Map.of()), "NO_SUCH_ROLE");
        String users = database.value("select count(*) from sec$users");

        assertThatThrownBy(() -> access.enable(database.administrator(), integrator, List.of(database.site())))
                .isInstanceOf(AccessException.class)
                .hasMessageContaining("NO_SUCH_ROLE");

        assertThat(database.value("select count(*) from sec$users")).isEqualTo(users);
    }

    private CompletableFuture<ExecutionResult> startEndless(IntegratorLogin login, CancelToken token) {
        Execution execution = execution(database.site(), login, ENDLESS);
        return Background.supply(() -> engine.engine().run(execution, new Whole(), EngineUnderTest.OPEN, token));
    }

    /** @return why a query that PUBLIC may run failed, null if it ran */
    private QueryFailure run(SiteDatabase site, IntegratorLogin login) {
        ExecutionResult result = result(site, login, "select * from OPEN_TO_ALL");
        return result instanceof ExecutionResult.Failed failed ? failed.failure() : null;
    }

    private ExecutionResult result(SiteDatabase site, IntegratorLogin login, String sql) {
        return engine.engine().run(execution(site, login, sql), new Whole(), EngineUnderTest.OPEN, new CancelToken());
    }

    private static Execution execution(SiteDatabase site, IntegratorLogin login, String sql) {
        return new Execution(site, login, new Command(sql, null, null, null), ExecutionLimits.of(QueryMode.IMMEDIATE));
    }

    private static SiteDatabase named(SiteDatabase site, String catalogue) {
        return new SiteDatabase(site.siteId(), catalogue, site.location());
    }
}
