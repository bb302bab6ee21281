package dev.halo.gateway.lifecycle;

import dev.halo.protocol.header.MessageHeaders;

/**
 * A record of {@code halo.results}.
 *
 * @param key query id, or Link GUID of a session's event
 * @param value null where the type has none
 */
public record ResultRecord(String key, MessageHeaders headers, byte[] value) {}
