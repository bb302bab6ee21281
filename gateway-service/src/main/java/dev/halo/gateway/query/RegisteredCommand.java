package dev.halo.gateway.query;

import dev.halo.gateway.error.Refusal;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.QueryBounds;

/**
 * The body of a registration, read and checked.
 *
 * @param name the integrator's, for its own use
 * @param frequencySeconds from the start of one run to that of the next
 * @param durationSeconds for which it is registered
 * @param catalogue null: the site's default
 * @param command what each run executes
 * @param requestSize bytes of the body
 */
public record RegisteredCommand(
        String name, int frequencySeconds, int durationSeconds, String catalogue, Command command, int requestSize) {

    private static final int MAX_NAME_CHARS = 200;
    private static final String TYPE = "query";

    static void requireBounds(String name, String type, Integer frequency, Integer duration) {
        if (name == null || name.isBlank() || name.length() > MAX_NAME_CHARS) {
            throw Refusal.invalid("name is required and must have from 1 to " + MAX_NAME_CHARS + " characters.");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.invalid("name must not hold control characters.");
        }
        if (!TYPE.equals(type)) {
            throw Refusal.invalid("registeredQueryType is required and must be " + TYPE + ".");
        }
        int most = QueryBounds.REGISTERED_DURATION_MAX_SECONDS;
        int least = QueryBounds.REGISTERED_FREQUENCY_MIN_SECONDS;
        if (frequency == null || frequency < least || frequency > most) {
            throw Refusal.invalid("frequency is required and must be from " + least + " to " + most + " seconds.");
        }
        if (duration == null || duration < least || duration > most) {
            throw Refusal.invalid("duration is required and must be from " + least + " to " + most + " seconds.");
        }
        if (duration < frequency) {
            throw Refusal.invalid("duration must not be below frequency.");
        }
    }
}
