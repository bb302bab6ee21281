package dev.halo.link.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.query.LinkErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTokenizerTest {

    @Test
    void replacesEachUseOfAParameter() {
        SqlText sql = SqlTokenizer.read("select * from T where A = @first and B > @second or C=@FIRST");

        assertThat(sql.jdbc()).isEqualTo("select * from T where A = ? and B > ? or C=?");
        assertThat(sql.parameters()).containsExactly("first", "second", "FIRST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 'it''s @home' from T",
                "select q'(a 'quoted' @name)' from T",
                "select Q'!{call x} @name!' from T",
                "select q'{ @name }' from T",
                "select q'[ ] @name ]' from T",
                "select q'<> @name >' from T",
                "select \"@odd {name}\" from T",
                "select 1 -- @name { ?\nfrom T",
                "select 1 /* @name { ? */ from T",
                "select 1 /* never ended @name",
                "select 'never ended @name",
                "select _win1252'@name' from T",
                "select x'40' from T",
                "select @ from T",
                "select 1 -- no end @name"
            })
    void leavesLiteralsIdentifiersAndCommentsAlone(String text) {
        SqlText sql = SqlTokenizer.read(text);

        assertThat(sql.jdbc()).isEqualTo(text);
        assertThat(sql.parameters()).isEmpty();
    }

    @Test
    void readsOnBehindALiteral() {
        SqlText sql = SqlTokenizer.read("select q'(@a)', '@b', \"@c\" /*@d*/ , @e --@f\n, @g");

        assertThat(sql.jdbc()).isEqualTo("select q'(@a)', '@b', \"@c\" /*@d*/ , ? --@f\n, ?");
        assertThat(sql.parameters()).containsExactly("e", "g");
    }

    @Test
    void takesAWordThatEndsInQForAWord() {
        SqlText sql = SqlTokenizer.read("select freq'@a' , @b");

        assertThat(sql.parameters()).containsExactly("b");
        assertThat(sql.jdbc()).isEqualTo("select freq'@a' , ?");
    }

    @Test
    void takesLettersDigitsAndUnderscoresForAName() {
        SqlText sql = SqlTokenizer.read("select @p_1$, @1, @Größe#x+@b.c");

        assertThat(sql.parameters()).containsExactly("p_1$", "1", "Größe#x", "b");
        assertThat(sql.jdbc()).isEqualTo("select ?, ?, ?+?.c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{oj execute block as begin end}",
                "select {fn now()} from T",
                "select {d '2024-01-01'} from T",
                "/* { */ {call P}",
                "select 1 from T -- x\n {",
                "'a'{ts '2024-01-01'}",
                "{\\ select 1 \\}"
            })
    void refusesEscapes(String text) {
        assertThatThrownBy(() -> SqlTokenizer.read(text))
                .isInstanceOfSatisfying(
                        StatementRefused.class, e -> assertThat(e.failure().is(LinkErrorCode.STATEMENT_NOT_ALLOWED))
                                .isTrue());
    }

    @Test
    void refusesPositionalParameters() {
        assertThatThrownBy(() -> SqlTokenizer.read("select * from T where A = ?"))
                .isInstanceOfSatisfying(
                        StatementRefused.class, e -> assertThat(e.failure().is(LinkErrorCode.PARAMETER_NOT_CONVERTIBLE))
                                .isTrue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    execute block as begin end             | true
                    EXECUTE/**/BLOCK                       | true
                    execute--x'~block returns (a int) | true
                    /* a */ -- b'~ Execute Block      | true
                    execute procedure block                | false
                    select execute block                   | false
                    "execute" block                        | false
                    executeblock                           | false
                    """)
    void knowsAnExecuteBlockInDisguise(String text, boolean block) {
        String lines = text.replace('~', '\n');

        assertThat(SqlTokenizer.read(lines).startsWith("EXECUTE", "BLOCK")).isEqualTo(block);
    }

    @ParameterizedTest
    @CsvSource({
        "select 1, true",
        "' /* x */ With a as (select 1) select 1', true",
        "selection, false",
        "insert into T select 1, false",
        "'', false",
        "(select 1), false"
    })
    void knowsWhatBeginsAsAQuery(String text, boolean query) {
        assertThat(SqlTokenizer.read(text).looksLikeQuery()).isEqualTo(query);
    }
}
