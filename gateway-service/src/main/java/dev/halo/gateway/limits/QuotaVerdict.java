package dev.halo.gateway.limits;

import dev.halo.gateway.error.Refusal;
import java.util.concurrent.CompletionStage;

/** What check 4 says of a request. */
public sealed interface QuotaVerdict {

    /** @param ticket closed at the request's end */
    record Admitted(QuotaTicket ticket) implements QuotaVerdict {}

    /** @param check the check that refused, for metrics and the audit */
    record Refused(Refusal refusal, String check) implements QuotaVerdict {}

    /** It takes a moment, within the store's time-out; never fails. */
    record Later(CompletionStage<QuotaVerdict> verdict) implements QuotaVerdict {}
}
