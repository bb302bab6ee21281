package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.enablement.CatalogueAccess;
import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.EngineUnderTest.Answer;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Statements that integrators may not run, in every disguise that was seen to work. */
class RefusedStatementsIT {

    private static final String SCHEMA = """
            create table T (ID integer);
            create table SECRET_NOTES (NOTE varchar(20));
            insert into SECRET_NOTES values ('secret');
            create sequence S;
            create role OTHER;
            grant all on T to role HALO_INTEGRATOR;
            """;

    private static TestDatabase database;
    private static EngineUnderTest engine;
    private static String ownPassword;

    @BeforeAll
    static void start() {
        database = TestDatabase.create("WIN1252", SCHEMA);
        engine = new EngineUnderTest(database);
        ownPassword = database.login().secret();
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @AfterEach
    void nothingHasChanged() {
        assertThat(database.value("select count(*) from rdb$relations where rdb$relation_name starting with 'X'"))
                .isEqualTo("0");
        assertThat(TestDatabase.access().check(database.login(), List.of(database.site())))
                .containsValue(CatalogueAccess.ENABLED);
        assertThat(ownPassword).isEqualTo(database.login().secret());
    }

    static Stream<Arguments> refused() {
        Stream<String> statements = Stream.of(
                "create table X1 (ID integer)",
                "recreate table X1 (ID integer)",
                "alter table T add X integer",
                "drop table T",
                "/* select */ drop /* from */ table T",
                "-- select\ndrop table T",
                "create or alter procedure X1 as begin end",
                "create index X1 on T (ID)",
                "grant select on SECRET_NOTES to public",
                "revoke all on T from public",
                "comment on table T is 'x'",
                "set role none",
                "set role OTHER",
                "SET/**/ROLE/**/NONE",
                "alter current user set password 'x'",
                "alter user SYSDBA set password 'x'",
                "create user X1 password 'x'",
                "alter database begin backup",
                "set generator S to 5",
                "alter sequence S restart with 5",
                "set statistics index X",
                "savepoint A",
                "rollback to savepoint A",
                "commit",
                "COMMIT work",
                "rollback",
                "set transaction read only",
                "/*x*/ commit",
                "execute block as begin end",
                "EXECUTE BLOCK returns (a integer) as begin a = 1; suspend; end",
                "execute/**/block as begin end",
                "execute--\nblock as begin end",
                "/* select */ execute -- x\n /* y */ block returns (a integer) as begin suspend; end",
                "\r\n\t execute\tblock as begin end",
                "{oj execute block returns (a integer) as begin a = 1; suspend; end}",
                "{oj set role none}",
                "{oj alter current user set password 'x'}",
                "{ call T }",
                "{? = call T}",
                "select {fn now()} from rdb$database",
                "select {d '2024-01-01'} from rdb$database",
                "{\\ execute block as begin end \\}",
                "select 1 from rdb$database where 'a' = 'it''s' {escape '!'}");
        return statements.flatMap(sql -> Stream.of(ExecutionMode.READER, ExecutionMode.NON_QUERY, ExecutionMode.SCALAR)
                .map(mode -> Arguments.of(mode, sql)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesTheStatement(ExecutionMode mode, String sql) {
        Answer answer = engine.run(EngineUnderTest.text(mode, sql));

        assertThat(answer.failure().is(LinkErrorCode.STATEMENT_NOT_ALLOWED))
                .as("%s %s", answer.failure(), answer.failure().message())
                .isTrue();
        assertThat(answer.failure().message()).doesNotContain("org.", "java.");
    }

    static Stream<Arguments> refusedByFirebird() {
        return Stream.of(
                Arguments.of("select 1 from rdb$database; drop table T", 335544634),
                Arguments.of("select 1 from rdb$database; select 2 from rdb$database", 335544634),
                Arguments.of("delete from T; delete from T", 335544634),
                Arguments.of("", 335544851),
                Arguments.of("-- nothing", 335544851),
                Arguments.of("selec 1", 335544634),
                Arguments.of("select * from NO_SUCH_TABLE", 335544580),
                Arguments.of("select NO_SUCH_COLUMN from T", 335544578),
                Arguments.of("select * from SECRET_NOTES", 335544352),
                Arguments.of("insert into SECRET_NOTES values ('x')", 335544352),
                Arguments.of("select :id from T", 335544578));
    }

    @ParameterizedTest
    @MethodSource("refusedByFirebird")
    void passesFirebirdsRefusalOn(String sql, int code) {
        Answer answer = engine.reader(sql);

        assertThat(answer.failure().type()).as("%s", answer.failure().message()).isEqualTo(ErrorType.FBSQL);
        assertThat(answer.failure().code()).as("%s", answer.failure().message()).isEqualTo(code);
        assertThat(answer.failure().message()).doesNotContain("SQLState", "ISC error", "org.", "/");
    }

    @Test
    void acceptsATrailingSemicolon() {
        assertThat(engine.reader("select count(*) as N from T;").json()).isEqualTo("[{\"N\":0}]");
    }

    @Test
    void lendsNoLockToAReader() {
        assertThat(engine.reader("select * from T for update").json()).isEqualTo("[]");
    }
}
