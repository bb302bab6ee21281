package dev.halo.gateway.webhook;

/**
 * How one attempt ended.
 *
 * @param verdict what follows from it
 * @param status of the receiver's answer; null where there was none
 * @param reason a word for metrics, logs and operators; holds nothing of the receiver's
 */
record Attempt(Verdict verdict, Integer status, String reason) {

    /** What follows from an attempt. */
    enum Verdict {
        DELIVERED,
        RETRY,
        GIVE_UP
    }

    private static final int TIMEOUT = 408;
    private static final int TOO_MANY = 429;

    /** 2xx is delivered; 408, 429 and 5xx may become better; anything else, redirects too, will not. */
    static Attempt answered(int status) {
        if (status >= 200 && status < 300) {
            return new Attempt(Verdict.DELIVERED, status, "delivered");
        }
        boolean again = status == TIMEOUT || status == TOO_MANY || status >= 500 && status < 600;
        return new Attempt(again ? Verdict.RETRY : Verdict.GIVE_UP, status, "status");
    }

    static Attempt retry(String reason) {
        return new Attempt(Verdict.RETRY, null, reason);
    }

    static Attempt giveUp(String reason) {
        return new Attempt(Verdict.GIVE_UP, null, reason);
    }
}
