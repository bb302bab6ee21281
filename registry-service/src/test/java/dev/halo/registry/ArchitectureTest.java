package dev.halo.registry;

import dev.halo.test.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void keepsTheHouseRules() {
        HouseRules.checkService("dev.halo.registry");
    }
}
