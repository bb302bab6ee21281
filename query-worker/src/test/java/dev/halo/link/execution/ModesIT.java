package dev.halo.link.execution;

import static dev.halo.link.testing.EngineUnderTest.in;
import static dev.halo.link.testing.EngineUnderTest.out;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.EngineUnderTest.Answer;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each execution mode with each kind of statement, and procedures. */
class ModesIT {

    private static final String SCHEMA = """
            create table T (ID integer not null primary key, V varchar(20), B blob sub_type text);
            create sequence T_ID;
            create view TV as select * from T;
            set term ^;
            create procedure ADD_T (V varchar(20), N integer = 1) returns (NEW_ID integer, NOTE varchar(40), NOTHING date)
            as begin
              new_id = gen_id(t_id, 1); note = 'caf\u00e9 ' || n; insert into t (id, v) values (:new_id, :v);
            end^
            create procedure LIST_T (FIRST_ID integer) returns (ID integer, V varchar(20))
            as begin for select id, v from t where id >= :first_id order by id into :id, :v do suspend; end^
            create procedure LOG_AND_LIST (UPTO integer) returns (ID integer)
            as begin
              id = 0;
              while (id < upto) do begin id = id + 1; insert into t (id, v) values (1000 + :id, 'log'); suspend; end
            end^
            create procedure "Odd name" returns (X integer) as begin x = 7; end^
            create procedure NO_OUTPUT as begin insert into t (id) values (500); end^
            create procedure OWN_TRANSACTION returns (RO integer, ISO integer, LT integer) as
            begin
              select mon$read_only, mon$isolation_mode, mon$lock_timeout from mon$transactions
                where mon$transaction_id = current_transaction into :ro, :iso, :lt;
            end^
            create package PACK as begin procedure P returns (X integer); end^
            create package body PACK as begin procedure P returns (X integer) as begin x = 9; end end^
            set term ;^
            grant all on T to role HALO_INTEGRATOR; grant usage on sequence T_ID to procedure ADD_T;
            grant execute on procedure ADD_T to role HALO_INTEGRATOR; grant all on T to procedure ADD_T;
            grant execute on procedure LIST_T to role HALO_INTEGRATOR; grant all on T to procedure LIST_T;
            grant execute on procedure LOG_AND_LIST to role HALO_INTEGRATOR; grant all on T to procedure LOG_AND_LIST;
            grant execute on procedure "Odd name" to role HALO_INTEGRATOR;
            grant execute on procedure NO_OUTPUT to role HALO_INTEGRATOR; grant all on T to procedure NO_OUTPUT;
            grant execute on procedure OWN_TRANSACTION to role HALO_INTEGRATOR;
            grant execute on package PACK to role HALO_INTEGRATOR;
            """;

    private static TestDatabase database;
    private static EngineUnderTest engine;

    @BeforeAll
    static void start() {
        database = TestDatabase.create("WIN1252", SCHEMA);
        engine = new EngineUnderTest(database);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @BeforeEach
    void fill() {
        database.execute("delete from T; insert into T values (1, 'one', 'blob one');"
                + " insert into T values (2, 'two', null); set generator T_ID to 100;");
    }

    @Test
    void reads() {
        Answer answer = engine.reader("select ID, V from T order by ID");

        assertThat(answer.json()).isEqualTo("[{\"ID\":1,\"V\":\"one\"},{\"ID\":2,\"V\":\"two\"}]");
        assertThat(answer.rows().rows()).isEqualTo(2);
        assertThat(answer.rows().bytes()).isEqualTo(answer.json().length());
        assertThat(answer.rows().parameters()).isEmpty();
    }

    @Test
    void givesTheFirstValueAlone() {
        assertThat(engine.scalar("select ID, V from T order by ID").json()).isEqualTo("[{\"ID\":1}]");
        assertThat(engine.scalar("select ID from T where ID = 99").json()).isEqualTo("[]");
        assertThat(engine.scalar("select ID, V from T order by ID").rows().rows())
                .isEqualTo(1);
    }

    @Test
    void runsAQueryForNothing() {
        assertThat(engine.nonQuery("select ID from T").affected().rowsAffected())
                .isZero();
    }

    @Test
    void countsWhatWasChanged() {
        assertThat(engine.nonQuery("insert into T (ID) values (3)").affected().rowsAffected())
                .isEqualTo(1);
        assertThat(engine.nonQuery("update T set V = 'x'").affected().rowsAffected())
                .isEqualTo(3);
        assertThat(engine.nonQuery("merge into T using (select 3 as ID from rdb$database) S on T.ID = S.ID"
                                + " when matched then update set V = 'm' when not matched then insert (ID) values (9)")
                        .affected()
                        .rowsAffected())
                .isEqualTo(1);
        assertThat(engine.nonQuery("update or insert into T (ID, V) values (4, 'four') matching (ID)")
                        .affected()
                        .rowsAffected())
                .isEqualTo(1);
        assertThat(engine.nonQuery("delete from T where ID > 1").affected().rowsAffected())
                .isEqualTo(3);
        assertThat(engine.nonQuery("delete from T where ID = 99").affected().rowsAffected())
                .isZero();
        assertThat(database.value("select count(*) from T")).isEqualTo("1");
    }

    @Test
    void changesInReaderModeToo() {
        Answer answer = engine.reader("update T set V = 'changed' where ID = 1");

        assertThat(answer.json()).isEqualTo("[]");
        assertThat(answer.rows().rows()).isZero();
        assertThat(database.value("select V from T where ID = 1")).isEqualTo("changed");
    }

    @Test
    void givesTheRowThatWasReturned() {
        assertThat(engine.reader("insert into T (ID, V) values (7, 'seven') returning ID, V")
                        .json())
                .isEqualTo("[{\"ID\":7,\"V\":\"seven\"}]");
        assertThat(engine.reader("delete from T where ID = 7 returning V as GONE")
                        .json())
                .isEqualTo("[{\"GONE\":\"seven\"}]");
        assertThat(engine.scalar("insert into T (ID, V) values (8, 'eight') returning V, ID")
                        .json())
                .isEqualTo("[{\"V\":\"eight\"}]");
        assertThat(engine.nonQuery("insert into T (ID) values (9) returning ID")
                        .affected()
                        .rowsAffected())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = ExecutionMode.class,
            names = {"READER", "SCALAR"})
    void givesNoRowWhereNoneWasChanged(ExecutionMode mode) {
        Answer update = engine.run(EngineUnderTest.text(mode, "update T set V = 'x' where ID = 99 returning ID, V"));

        assertThat(update.json()).isEqualTo("[]");
        assertThat(update.rows().rows()).isZero();
    }

    @Test
    void givesReturnedValuesAsParameters() {
        Answer answer = engine.nonQuery(
                "insert into T (ID, V) values (@id, 'p') returning ID, V",
                in("id", ParameterType.INT, "31"),
                out("v", Direction.OUTPUT),
                out("rc", Direction.RETURN_VALUE));

        assertThat(values(answer.affected().parameters())).containsExactly("p", "31");
    }

    @Test
    void runsAProcedureWithItsOutputs() {
        Answer answer = engine.procedure(
                ExecutionMode.READER,
                "add_t",
                in("@n", ParameterType.INT, "5"),
                in("v", ParameterType.VARCHAR, "added"),
                out("@note", Direction.OUTPUT),
                out("@nothing", Direction.OUTPUT),
                out("@RETURN_VALUE", Direction.RETURN_VALUE));

        assertThat(answer.json()).isEqualTo("[{\"NEW_ID\":101,\"NOTE\":\"café 5\",\"NOTHING\":null}]");
        assertThat(answer.rows().rows()).isEqualTo(1);
        assertThat(values(answer.rows().parameters())).containsExactly("café 5", null, "101");
        assertThat(answer.rows().parameters())
                .extracting(Parameter::name)
                .containsExactly("@note", "@nothing", "@RETURN_VALUE");
        assertThat(database.value("select V from T where ID = 101")).isEqualTo("added");
    }

    @Test
    void runsAProcedureInEachMode() {
        assertThat(engine.procedure(ExecutionMode.SCALAR, "ADD_T", in("x", null, "pos"))
                        .json())
                .isEqualTo("[{\"NEW_ID\":101}]");
        assertThat(engine.procedure(ExecutionMode.NON_QUERY, "ADD_T", in("v", null, "n"), out("a", Direction.OUTPUT))
                        .affected()
                        .parameters())
                .satisfies(parameters -> assertThat(values(parameters)).containsExactly("102"));
        assertThat(engine.procedure(ExecutionMode.READER, "no_output").json()).isEqualTo("[]");
        assertThat(engine.procedure(ExecutionMode.READER, "\"Odd name\"").json())
                .isEqualTo("[{\"X\":7}]");
        assertThat(engine.procedure(ExecutionMode.READER, "pack.p").json()).isEqualTo("[{\"X\":9}]");
        assertThat(database.value("select count(*) from T")).isEqualTo("5");
    }

    @Test
    void takesAnInputOutputForBoth() {
        Answer answer = engine.procedure(
                ExecutionMode.NON_QUERY,
                "ADD_T",
                new Parameter("v", Direction.INPUT_OUTPUT, ParameterType.VARCHAR, "both", 20));

        assertThat(values(answer.affected().parameters())).containsExactly("101");
    }

    @Test
    void readsASelectableProcedure() {
        assertThat(engine.procedure(ExecutionMode.READER, "LIST_T", in("first_id", ParameterType.INT, "2"))
                        .json())
                .isEqualTo("[{\"ID\":2,\"V\":\"two\"}]");
        assertThat(engine.reader("select V from LIST_T(@a)", in("a", ParameterType.INT, "1"))
                        .json())
                .isEqualTo("[{\"V\":\"one\"},{\"V\":\"two\"}]");
        assertThat(engine.reader("execute procedure LIST_T(1)").json()).isEqualTo("[{\"ID\":1,\"V\":\"one\"}]");
    }

    @Test
    void letsASelectableProcedureWriteOnlyAsAProcedure() {
        Answer refused = engine.reader("select * from LOG_AND_LIST(2)");
        assertThat(refused.failure().type()).isEqualTo(ErrorType.FBSQL);
        assertThat(refused.failure().code()).isEqualTo(335544361);
        assertThat(refused.failure().message()).contains("storedProcedure", "nonQuery");

        assertThat(engine.procedure(ExecutionMode.READER, "LOG_AND_LIST", in("upto", ParameterType.INT, "2"))
                        .json())
                .isEqualTo("[{\"ID\":1},{\"ID\":2}]");
        assertThat(engine.procedure(ExecutionMode.SCALAR, "LOG_AND_LIST", in("upto", ParameterType.INT, "2"))
                        .failure()
                        .code())
                .as("the rows are there already")
                .isEqualTo(335544665);
        database.execute("delete from T where V = 'log';");
        assertThat(engine.procedure(ExecutionMode.SCALAR, "LOG_AND_LIST", in("upto", ParameterType.INT, "2"))
                        .json())
                .isEqualTo("[{\"ID\":1}]");
        assertThat(engine.procedure(ExecutionMode.NON_QUERY, "LOG_AND_LIST", in("upto", ParameterType.INT, "0"))
                        .affected()
                        .rowsAffected())
                .isZero();
        assertThat(database.value("select count(*) from T where V = 'log'")).isEqualTo("2");
    }

    @Test
    void readsInReadOnlyTransactionsAndWritesWithALockTimeOut() {
        String own = "select mon$read_only as RO, mon$isolation_mode as ISO, mon$lock_timeout as LT"
                + " from mon$transactions where mon$transaction_id = current_transaction";

        assertThat(engine.reader(own).json()).isEqualTo("[{\"RO\":1,\"ISO\":2,\"LT\":0}]");
        assertThat(engine.procedure(ExecutionMode.READER, "OWN_TRANSACTION").json())
                .isEqualTo("[{\"RO\":0,\"ISO\":2,\"LT\":5}]");
    }

    @Test
    void refusesAnOutputThatNothingGives() {
        Answer answer = engine.procedure(ExecutionMode.NON_QUERY, "NO_OUTPUT", out("a", Direction.OUTPUT));

        assertThat(answer.failure().is(LinkErrorCode.PARAMETER_NOT_CONVERTIBLE)).isTrue();
        assertThat(answer.failure().message()).contains("@a");
        assertThat(database.value("select count(*) from T where ID = 500")).isEqualTo("0");
    }

    @Test
    void saysThatAProcedureIsUnknown() {
        for (String name : List.of("NO_SUCH", "ADD_T('x')", "ADD_T; drop table T", "execute procedure ADD_T")) {
            Answer answer = engine.procedure(ExecutionMode.READER, name);

            assertThat(answer.failure().type()).isEqualTo(ErrorType.FBSQL);
            assertThat(answer.failure().code()).isEqualTo(335544581);
        }
    }

    @Test
    void rollsBackWhatFails() {
        Answer answer = engine.nonQuery("update T set ID = 1");

        assertThat(answer.failure().type()).isEqualTo(ErrorType.FBSQL);
        assertThat(answer.failure().code()).isEqualTo(335544665);
        assertThat(database.value("select count(*) from T where ID = 2")).isEqualTo("1");
    }

    @Test
    void refusesTwoReturnedRows() {
        assertThat(engine.reader("update T set V = 'x' returning ID").failure().code())
                .isEqualTo(335544652);
        assertThat(database.value("select count(*) from T where V = 'x'")).isEqualTo("0");
    }

    private static List<String> values(List<? extends Parameter> parameters) {
        return parameters.stream().map(ModesIT::text).toList();
    }

    private static String text(Parameter parameter) {
        return parameter.value() == null
                ? null
                : new String(Base64.getDecoder().decode(parameter.value()), StandardCharsets.UTF_8);
    }
}
