package dev.halo.systemtests.log;

import dev.halo.systemtests.suite.LogSilence;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.io.IOException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * No SQL, parameter, row or secret is in any log at the default level. Runs last, so that the logs hold what all the
 * other tests of this module have caused.
 */
@SystemTest
@Order(SuiteUnderTest.LAST)
class LogsIT {

    private final SuiteUnderTest suite;

    LogsIT(SuiteUnderTest suite) {
        this.suite = suite;
    }

    @Test
    void holdNothingOfQueriesAndNoSecrets() throws IOException {
        new LogSilence(suite).check();
    }
}
