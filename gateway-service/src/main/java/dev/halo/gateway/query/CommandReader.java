package dev.halo.gateway.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.halo.gateway.error.Refusal;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.CommandType;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import dev.halo.protocol.query.QueryBounds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads the body of a query by hand rather than by binding: the messages name the field and its bound in words of ours,
 * the size of the command is that of the bytes as sent, and a repeated key is refused instead of winning silently.
 * Fields that are not known are ignored, null counts as absent.
 */
public final class CommandReader {

    private static final int MAX_NAME_CHARS = 128;
    private static final int MAX_DEPTH = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(QueryBounds.MAX_REQUEST_BYTES)
                    .maxNumberLength(100)
                    .build())
            .build();

    private final JsonParser parser;
    private Integer maxTimeInQueue;
    private String catalogue;
    private Command command;
    private int commandSize;
    private String name;
    private String registeredType;
    private Integer frequency;
    private Integer duration;
    private String where = "";

    @FunctionalInterface
    private interface Reading {
        void read(CommandReader reader) throws IOException;
    }

    private CommandReader(byte[] body) throws IOException {
        this.parser = FACTORY.createParser(body);
    }

    /**
     * Reads the body of an immediate.
     *
     * @throws Refusal 400 naming the field and the bound
     */
    public static ImmediateCommand immediate(byte[] body) {
        CommandReader reader = read(body);
        int wait =
                reader.waitWithin(QueryBounds.IMMEDIATE_QUEUE_DEFAULT_MILLIS, QueryBounds.IMMEDIATE_QUEUE_MAX_MILLIS);
        return new ImmediateCommand(wait, reader.catalogue, reader.command, reader.commandSize, body.length);
    }

    /**
     * Reads the body of a registration.
     *
     * @throws Refusal 400 naming the field and the bound
     */
    public static RegisteredCommand registered(byte[] body) {
        CommandReader reader = read(body, CommandReader::readRegistration);
        RegisteredCommand.requireBounds(reader.name, reader.registeredType, reader.frequency, reader.duration);
        return new RegisteredCommand(
                reader.name, reader.frequency, reader.duration, reader.catalogue, reader.command, body.length);
    }

    /**
     * Reads the body of an async query.
     *
     * @throws Refusal 400 naming the field and the bound
     */
    public static AsyncCommand async(byte[] body) {
        CommandReader reader = read(body);
        int wait = reader.waitWithin(QueryBounds.ASYNC_QUEUE_DEFAULT_MILLIS, QueryBounds.ASYNC_QUEUE_MAX_MILLIS);
        return new AsyncCommand(wait, reader.catalogue, reader.command, reader.commandSize, body.length);
    }

    private int waitWithin(int defaultMillis, int maxMillis) {
        int wait = maxTimeInQueue == null ? defaultMillis : maxTimeInQueue;
        if (wait < 0 || wait > maxMillis) {
            throw Refusal.invalid("maxTimeInQueue must be from 0 to " + maxMillis + " milliseconds.");
        }
        return wait;
    }

    private static CommandReader read(byte[] body) {
        return read(body, CommandReader::readBody);
    }

    private static CommandReader read(byte[] body, Reading reading) {
        if (body.length == 0) {
            throw Refusal.invalid("The body is empty: it must be a JSON object with the field command.");
        }
        // The parser would guess UTF-16 and UTF-32 as well; JSON on this API is UTF-8.
        if (body[0] == 0 || (body.length > 1 && body[1] == 0) || body[0] == (byte) 0xFE || body[0] == (byte) 0xFF) {
            throw Refusal.invalid("The body must be JSON in UTF-8.");
        }
        try {
            CommandReader reader = new CommandReader(body);
            try (reader.parser) {
                reading.read(reader);
            }
            return reader;
        } catch (StreamConstraintsException e) {
            throw Refusal.invalid("The body is nested deeper than " + MAX_DEPTH
                    + " levels, or holds a longer value than" + " any field may have.");
        } catch (IOException e) {
            throw Refusal.invalid(describe(e));
        }
    }

    private static String describe(IOException e) {
        String message = e instanceof JsonProcessingException json ? json.getOriginalMessage() : null;
        if (message != null && message.startsWith("Duplicate field '")) {
            String name = message.substring("Duplicate field '".length(), message.lastIndexOf('\''));
            return "The body repeats the field " + shortened(name) + ".";
        }
        if (e instanceof JsonProcessingException json && json.getLocation() != null) {
            return "The body is not valid JSON, from line " + json.getLocation().getLineNr() + ", column "
                    + json.getLocation().getColumnNr() + " on.";
        }
        return "The body is not valid JSON.";
    }

    private void readBody() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw Refusal.invalid("The body must be a JSON object.");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "maxTimeInQueue" -> maxTimeInQueue = bounded("maxTimeInQueue");
                case "catalogue" -> catalogue = shortText("catalogue");
                case "command" -> measuredCommand();
                default -> parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            throw Refusal.invalid("The body must be one JSON object, but something follows it.");
        }
        if (command == null) {
            throw Refusal.invalid("command is required: an object with the field text.");
        }
    }

    private void readRegistration() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw Refusal.invalid("The body must be a JSON object.");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "name" -> name = text("name");
                case "registeredQueryType" -> registeredType = text("registeredQueryType");
                case "frequency" -> frequency = bounded("frequency");
                case "duration" -> duration = bounded("duration");
                case "registerCommand" -> readRegisterCommand();
                default -> parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            throw Refusal.invalid("The body must be one JSON object, but something follows it.");
        }
        if (command == null) {
            throw Refusal.invalid("registerCommand.command is required: an object with the field text.");
        }
    }

    private void readRegisterCommand() throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw Refusal.invalid("registerCommand must be an object.");
        }
        where = "registerCommand.";
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "catalogue" -> catalogue = shortText("registerCommand.catalogue");
                case "command" -> measuredCommand();
                default -> parser.skipChildren();
            }
        }
    }

    private void measuredCommand() throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw Refusal.invalid(where + "command must be an object.");
        }
        long from = parser.currentTokenLocation().getByteOffset();
        command = command();
        commandSize = Math.toIntExact(parser.currentLocation().getByteOffset() - from);
    }

    private Command command() throws IOException {
        String text = null;
        ExecutionMode mode = null;
        CommandType type = null;
        List<Parameter> parameters = List.of();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "text" -> text = text(where + "command.text");
                case "executionMode" -> mode = constant(where + "command.executionMode", ExecutionMode::fromWire);
                case "type" -> type = constant(where + "command.type", CommandType::fromWire);
                case "parameters" -> parameters = parameters();
                default -> parser.skipChildren();
            }
        }
        if (text == null || text.isBlank()) {
            throw Refusal.invalid(where + "command.text is required and must not be blank.");
        }
        if (text.length() > QueryBounds.MAX_TEXT_CHARS) {
            throw Refusal.invalid(
                    where + "command.text must have at most " + QueryBounds.MAX_TEXT_CHARS + " characters.");
        }
        return new Command(text, mode, type, parameters);
    }

    private List<Parameter> parameters() throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw Refusal.invalid(where + "command.parameters must be an array.");
        }
        List<Parameter> parameters = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String entry = where + "command.parameters[" + parameters.size() + "]";
            if (parameters.size() == QueryBounds.MAX_PARAMETERS) {
                throw Refusal.invalid(
                        where + "command.parameters must have at most " + QueryBounds.MAX_PARAMETERS + " entries.");
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw Refusal.invalid(entry + " must be an object.");
            }
            parameters.add(parameter(entry));
        }
        return parameters;
    }

    private Parameter parameter(String entry) throws IOException {
        String name = null;
        Direction direction = null;
        ParameterType type = null;
        String value = null;
        Integer size = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "name" -> name = shortText(entry + ".name");
                case "direction" -> direction = constant(entry + ".direction", Direction::fromWire);
                case "type" -> type = constant(entry + ".type", ParameterType::fromWire);
                case "value" -> value = value(entry + ".value");
                case "size" -> size = integer(entry + ".size");
                default -> parser.skipChildren();
            }
        }
        if (name == null || name.isBlank() || name.equals("@")) {
            throw Refusal.invalid(entry + ".name is required and must not be blank.");
        }
        return new Parameter(name, direction, type, value, size);
    }

    private String text(String field) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw Refusal.invalid(field + " must be a string.");
        }
        return parser.getText();
    }

    private String shortText(String field) throws IOException {
        String text = text(field);
        if (text.isBlank() || text.length() > MAX_NAME_CHARS) {
            throw Refusal.invalid(field + " must have from 1 to " + MAX_NAME_CHARS + " characters.");
        }
        return text;
    }

    private String value(String field) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw Refusal.invalid(field + " must be a string or null, also for numbers and dates.");
        }
        return parser.getText();
    }

    /** Of a field with bounds of its own: what is beyond an int is beyond these as well, and refused with them. */
    private int bounded(String field) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.INT) {
            return parser.getBigIntegerValue().signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        }
        return integer(field);
    }

    private int integer(String field) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw Refusal.invalid(field + " must be a whole number.");
        }
        if (parser.getNumberType() != JsonParser.NumberType.INT) {
            throw Refusal.invalid(field + " must be from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE + ".");
        }
        return parser.getIntValue();
    }

    /** @param values throws with the right values when the name is none of them */
    private <E> E constant(String field, Function<String, E> values) throws IOException {
        String name = text(field);
        try {
            return values.apply(name);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(field + " " + e.getMessage() + ".");
        }
    }

    private static String shortened(String name) {
        return name.length() <= MAX_NAME_CHARS ? name : name.substring(0, MAX_NAME_CHARS) + "…";
    }
}
