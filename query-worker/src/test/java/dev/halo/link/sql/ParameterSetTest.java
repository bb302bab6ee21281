package dev.halo.link.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Parameter;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ParameterSetTest {

    @Test
    void findsParametersWithoutRegardToCaseAndAt() {
        Parameter id = input("@Id");
        Parameter name = input("name");

        List<Parameter> bindings = ParameterSet.of(List.of(id, name)).bindings(List.of("NAME", "iD", "name"));

        assertThat(bindings).containsExactly(name, id, name);
    }

    @Test
    void namesAllThatAreMissing() {
        assertRefused(() -> ParameterSet.of(List.of(input("a"))).bindings(List.of("a", "b", "c", "b")), "@b, @c.");
    }

    @Test
    void namesAllThatAreSurplus() {
        assertRefused(
                () -> ParameterSet.of(List.of(input("a"), input("@b"), input("c")))
                        .bindings(List.of("c")),
                "@a, @b.");
    }

    @Test
    void takesAnOutputForNoValue() {
        Parameter output = new Parameter("out", Direction.OUTPUT, null, null, null);

        assertThat(ParameterSet.of(List.of(output)).bindings(List.of())).isEmpty();
        assertRefused(() -> ParameterSet.of(List.of(output)).bindings(List.of("out")), "@out");
    }

    @Test
    void refusesANameThatIsGivenTwice() {
        assertRefused(() -> ParameterSet.of(List.of(input("a"), input("@A"))), "@A");
    }

    @Test
    void refusesAnEmptyName() {
        assertRefused(() -> ParameterSet.of(List.of(input("@"))), "no name");
    }

    private static Parameter input(String name) {
        return new Parameter(name, Direction.INPUT, null, "1", null);
    }

    private static void assertRefused(ThrowingCallable call, String named) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatementRefused.class, e -> {
            assertThat(e.failure().is(LinkErrorCode.PARAMETER_NOT_CONVERTIBLE)).isTrue();
            assertThat(e.failure().message()).contains(named);
        });
    }
}
