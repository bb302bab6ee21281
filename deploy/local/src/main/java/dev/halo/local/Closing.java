package dev.halo.local;

/** Closes one part after the other, whatever happens on the way. */
final class Closing {

    private SuiteException first;

    /** @param part null for one that was never started */
    void close(AutoCloseable part) {
        if (part == null) {
            return;
        }
        try {
            part.close();
        } catch (Exception e) {
            if (first == null) {
                first = new SuiteException("A part of the suite did not stop in order: " + e.getMessage(), e);
            }
        }
    }

    /** @throws SuiteException when a part could not be closed */
    void failIfAny() {
        if (first != null) {
            throw first;
        }
    }
}
