package dev.halo.messaging;

import dev.halo.test.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void keepsTheHouseRules() {
        HouseRules.checkMessaging();
    }
}
