package dev.halo.routing.session;

import java.util.List;
import java.util.UUID;

/**
 * What a Link said in its hello.
 *
 * @param protocol the version that both speak
 * @param clockOffsetMillis the Link's clock minus the bridge's
 * @param journalId of the Link's journal; null where it sent none
 * @param held ids of queries that it has and has not ended
 */
record Handshake(int protocol, String linkVersion, long clockOffsetMillis, UUID journalId, List<UUID> held) {}
