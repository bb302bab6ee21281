package dev.halo.protocol.query;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.json.WireNames;

/** The SQL Server type names that the integrator API uses for parameters; the Link maps them to the database's types. */
public enum ParameterType {
    BIG_INT("BigInt"),
    BINARY("Binary"),
    BIT("Bit"),
    CHAR("Char"),
    STRING("String"),
    DATE("Date"),
    DATE_TIME("DateTime"),
    DATE_TIME_2("DateTime2"),
    DATE_TIME_OFFSET("DateTimeOffset"),
    DECIMAL("Decimal"),
    FLOAT("Float"),
    IMAGE("Image"),
    INT("Int"),
    MONEY("Money"),
    NCHAR("NChar"),
    NTEXT("NText"),
    NVARCHAR("NVarChar"),
    REAL("Real"),
    SMALL_DATE_TIME("SmallDateTime"),
    SMALL_INT("SmallInt"),
    SMALL_MONEY("SmallMoney"),
    STRUCTURED("Structured"),
    TEXT("Text"),
    TIME("Time"),
    TIMESTAMP("Timestamp"),
    TINY_INT("TinyInt"),
    UDT("Udt"),
    UNIQUE_IDENTIFIER("UniqueIdentifier"),
    VARBINARY("VarBinary"),
    VARCHAR("VarChar"),
    VARIANT("Variant"),
    XML("Xml");

    private final String wire;

    ParameterType(String wire) {
        this.wire = wire;
    }

    /** The name in the integrator API. */
    @JsonValue
    public String wire() {
        return wire;
    }

    @JsonCreator
    public static ParameterType fromWire(String wire) {
        return WireNames.find(values(), ParameterType::wire, wire);
    }
}
