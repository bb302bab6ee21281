package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.link.execution.Procedure.Argument;
import dev.halo.link.sql.ParameterSet;
import dev.halo.link.sql.StatementRefused;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.Parameter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcedureTest {

    private final Procedure book = new Procedure(
            null, "BOOK", false, List.of(new Argument("A", false), new Argument("B", false), new Argument("C", true)));

    @Test
    void mapsByNameInTheProceduresOrder() {
        Procedure.Call call = book.call(inputs("c", "@b", "a"));

        assertThat(call.sql()).isEqualTo("EXECUTE PROCEDURE \"BOOK\"(?, ?, ?)");
        assertThat(call.bindings()).extracting(Parameter::bareName).containsExactly("a", "b", "c");
    }

    @Test
    void mapsByPositionWhereNoNameFits() {
        assertThat(book.call(inputs("x", "y")).bindings())
                .extracting(Parameter::bareName)
                .containsExactly("x", "y");
    }

    @ParameterizedTest
    @CsvSource({"a;z, @z", "a, @B", "x;y;z;w, @w", "x, @B", "a;c, @B"})
    void namesWhatDoesNotFit(String given, String named) {
        assertThatThrownBy(() -> book.call(inputs(given.split(";"))))
                .isInstanceOfSatisfying(
                        StatementRefused.class,
                        e -> assertThat(e.failure().message()).contains(named));
    }

    @Test
    void refusesAGapBeforeALaterArgument() {
        Procedure optional = new Procedure(null, "P", false, List.of(new Argument("A", true), new Argument("B", true)));

        assertThat(optional.call(inputs("a")).sql()).isEqualTo("EXECUTE PROCEDURE \"P\"(?)");
        assertThatThrownBy(() -> optional.call(inputs("b"))).isInstanceOf(StatementRefused.class);
    }

    @Test
    void quotesNames() {
        Procedure odd = new Procedure("Pack", "a\"b; drop", true, List.of());

        assertThat(odd.call(inputs()).sql()).isEqualTo("SELECT * FROM \"Pack\".\"a\"\"b; drop\"");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"p_book, , P_BOOK", " pack . p , PACK, P", "\"Mixed\", , Mixed", "\"a\"\"b\";, , a\"b"})
    void readsNames(String text, String packageName, String name) {
        assertThat(ProcedureName.parse(text)).contains(new ProcedureName(packageName, name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "p(1)", "p; drop table x", "a.b.c", "execute procedure p", "p--", "1p", "\""})
    void refusesWhatIsNoName(String text) {
        assertThat(ProcedureName.parse(text)).isEmpty();
    }

    private static ParameterSet inputs(String... names) {
        return ParameterSet.of(Stream.of(names)
                .map(name -> new Parameter(name, Direction.INPUT, null, "1", null))
                .toList());
    }
}
