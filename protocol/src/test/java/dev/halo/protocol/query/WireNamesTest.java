package dev.halo.protocol.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.site.Availability;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteStatus;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The names are those of the integrator API. */
class WireNamesTest {

    static Stream<Arguments> contract() {
        return Stream.of(
                names(ExecutionMode.values(), ExecutionMode::wire, ExecutionMode::fromWire, "reader nonQuery scalar"),
                names(CommandType.values(), CommandType::wire, CommandType::fromWire, "text storedProcedure"),
                names(Direction.values(), Direction::wire, Direction::fromWire, "input output inputOutput returnValue"),
                names(
                        ParameterType.values(),
                        ParameterType::wire,
                        ParameterType::fromWire,
                        "BigInt Binary Bit Char String Date DateTime DateTime2 DateTimeOffset Decimal Float Image Int"
                                + " Money NChar NText NVarChar Real SmallDateTime SmallInt SmallMoney Structured Text"
                                + " Time Timestamp TinyInt Udt UniqueIdentifier VarBinary VarChar Variant Xml"),
                // mssql is the contract's fourth: no database of ours sends it.
                names(ErrorType.values(), ErrorType::wire, ErrorType::fromWire, "http fbsql haloLink"),
                names(QueryMode.values(), QueryMode::wire, QueryMode::fromWire, "immediate async registered"),
                names(Availability.values(), Availability::wire, Availability::fromWire, "online offline unreachable"),
                names(
                        SiteStatus.values(),
                        SiteStatus::wire,
                        SiteStatus::fromWire,
                        "initialising active removed uninstalled"),
                names(PmsType.values(), PmsType::bodyName, PmsType::fromBodyName, "BestPractice Zedmed D4w"),
                names(Environment.values(), Environment::wire, Environment::fromWire, "stage production"),
                names(LinkStatus.values(), LinkStatus::wire, LinkStatus::fromWire, "active suspended removed"),
                names(LicenceKind.values(), LicenceKind::wire, LicenceKind::fromWire, "standard developer unknown"));
    }

    private static <E extends Enum<E>> Arguments names(
            E[] values, Function<E, String> wire, Function<String, E> read, String names) {
        return Arguments.of(
                values[0].getDeclaringClass().getSimpleName(), values, wire, read, List.of(names.split(" ")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("contract")
    <E extends Enum<E>> void theNamesAreTheContracts(
            String type, E[] values, Function<E, String> wire, Function<String, E> read, List<String> names) {
        assertThat(Arrays.stream(values).map(wire)).containsExactlyInAnyOrderElementsOf(names);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("contract")
    <E extends Enum<E>> void aNameIsReadAsItsValue(
            String type, E[] values, Function<E, String> wire, Function<String, E> read, List<String> names) {
        assertThat(values)
                .allSatisfy(value -> assertThat(read.apply(wire.apply(value))).isEqualTo(value));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("contract")
    <E extends Enum<E>> void anotherNameIsRefusedWithoutQuotingIt(
            String type, E[] values, Function<E, String> wire, Function<String, E> read, List<String> names) {
        assertThatThrownBy(() -> read.apply("MARKER-4711"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("MARKER")
                .hasMessageContaining(names.get(0));
    }

    @Test
    void theQueryParametersSpellingOfAPmsIsItsOwn() {
        assertThat(Arrays.stream(PmsType.values()).map(PmsType::queryName))
                .containsExactlyInAnyOrder("Best Practice", "Zedmed", "D4w");
        assertThat(PmsType.fromQueryName("Best Practice")).contains(PmsType.BEST_PRACTICE);
        assertThat(PmsType.fromQueryName("BestPractice")).isEmpty();
    }

    @Test
    void theLinksErrorCodesAreTheContracts() {
        assertThat(Arrays.stream(LinkErrorCode.values()).map(LinkErrorCode::code))
                .containsExactly(1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1099);
        assertThat(LinkErrorCode.CANCELLED.failure("stopped").is(LinkErrorCode.CANCELLED))
                .isTrue();
        assertThat(new QueryFailure(ErrorType.FBSQL, 1004, "x").is(LinkErrorCode.CANCELLED))
                .isFalse();
    }
}
