package dev.halo.link;

import dev.halo.test.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void keepsTheHouseRules() {
        HouseRules.checkService("dev.halo.link");
    }
}
