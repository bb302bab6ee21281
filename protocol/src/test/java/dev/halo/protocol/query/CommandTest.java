package dev.halo.protocol.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1 from RDB$DATABASE",
                "SELECT*from T",
                "  \n\tSeLeCt 1",
                "select\n1",
                "select(1) from T",
                "select",
                "with A as (select 1 from T) select * from A",
                "WITH\tA as (select 1 from T) select 1 from A"
            })
    void whatStartsAsAQueryCannotWrite(String text) {
        assertThat(text(text, ExecutionMode.READER).mayWrite()).isFalse();
        assertThat(text(text, ExecutionMode.SCALAR).mayWrite()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "insert into T values (1)",
                "update T set A = 1",
                "delete from T",
                "merge into T using U on 1 = 1 when matched then delete",
                "execute procedure P",
                "selects",
                "selection",
                "select_x",
                "select$",
                "within",
                "/* a comment */ select 1 from T",
                "-- a comment\nselect 1 from T",
                "(select 1 from T)",
                ";select 1"
            })
    void inDoubtItMayWrite(String text) {
        assertThat(text(text, ExecutionMode.READER).mayWrite()).isTrue();
        assertThat(text(text, ExecutionMode.SCALAR).mayWrite()).isTrue();
    }

    @Test
    void aNonQueryMayWriteWhateverItsText() {
        assertThat(text("select 1 from T", ExecutionMode.NON_QUERY).mayWrite()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(ExecutionMode.class)
    void aProcedureMayWriteWhateverItsMode(ExecutionMode mode) {
        assertThat(new Command("SELECT", mode, CommandType.STORED_PROCEDURE, List.of()).mayWrite())
                .isTrue();
    }

    @Test
    void whatIsLeftOutHasTheContractsDefaults() {
        assertThat(new Command("x", null, null, null))
                .isEqualTo(new Command("x", ExecutionMode.READER, CommandType.TEXT, List.of()));
        assertThat(new Parameter("x", null, null, null, null).direction()).isEqualTo(Direction.INPUT);
    }

    @Test
    void aParametersNameIsComparedWithoutItsSign() {
        assertThat(new Parameter("@id", null, null, null, null).bareName()).isEqualTo("id");
        assertThat(new Parameter("id", null, null, null, null).bareName()).isEqualTo("id");
    }

    private static Command text(String text, ExecutionMode mode) {
        return new Command(text, mode, CommandType.TEXT, List.of());
    }
}
