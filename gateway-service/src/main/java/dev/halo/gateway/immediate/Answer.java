package dev.halo.gateway.immediate;

import dev.halo.gateway.body.RowSource;
import dev.halo.gateway.query.ImmediateQuery;
import dev.halo.protocol.query.Outcome;
import java.time.Instant;

/**
 * How an immediate query ended.
 *
 * @param outcome anything but {@link Outcome.Released}
 * @param rows of {@link Outcome.Rows}, else null; closed by whoever writes the answer
 */
record Answer(ImmediateQuery query, Outcome outcome, RowSource rows, Instant completedAt) {}
