package dev.halo.gateway.limits;

import dev.halo.gateway.view.PmsKey;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Where the gateways keep what has been used of daily quotas, all of them together. */
interface QuotaStore {

    /** Whose quota, of which day. */
    record Key(UUID integratorId, PmsKey practice, LocalDate day) {}

    /**
     * Who settles: one run of a gateway.
     *
     * @param slot of which there are few, so that what is kept of them is bounded: of each slot its two latest runs. A
     *     gateway that was replaced without knowing it, and lives until it does, is told apart from its successor; one that
     *     was replaced twice meanwhile and then says something again is believed again, which costs the day a block
     */
    record Gateway(int slot, UUID incarnation) {}

    /**
     * What a gateway has to say about an account, and what it wants.
     *
     * @param number grows from one settlement of a gateway to the next. One whose answer did not come is said again under
     *     its number, and applied once
     * @param wanted queries that it would like to have, of what is left; below zero: that it gives back
     * @param limit queries of the day
     * @param owed queries that it has let through without having them; taken whatever is left
     * @param used queries since it last said so
     * @param bytes of results since it last said so
     */
    record Settlement(Key key, long number, long wanted, long limit, long owed, long used, long bytes) {}

    /**
     * What the account says then.
     *
     * @param granted queries that are the gateway's from now on; those that it owed are among them
     * @param totalBytes of all gateways
     */
    record Settled(long granted, long totalBytes) {}

    /** Settles all or none; the answers are in the order of the questions. */
    CompletionStage<List<Settled>> settle(Gateway gateway, List<Settlement> settlements);
}
