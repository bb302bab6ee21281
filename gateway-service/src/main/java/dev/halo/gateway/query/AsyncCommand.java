package dev.halo.gateway.query;

import dev.halo.protocol.query.Command;

/**
 * The body of an async query, read and checked.
 *
 * @param maxTimeInQueue milliseconds that it may wait before it starts
 * @param catalogue null: the site's default
 * @param command what to run
 * @param commandSize bytes of the command's JSON as it was sent
 * @param requestSize bytes of the body
 */
public record AsyncCommand(int maxTimeInQueue, String catalogue, Command command, int commandSize, int requestSize) {}
