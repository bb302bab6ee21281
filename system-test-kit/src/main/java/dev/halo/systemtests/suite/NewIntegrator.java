package dev.halo.systemtests.suite;

import dev.halo.systemtests.client.IntegratorClient;
import java.util.UUID;

/**
 * An integrator of one test's own.
 *
 * @param id of the integrator
 * @param key its primary key
 * @param client that uses the key
 */
public record NewIntegrator(String id, String key, IntegratorClient client) {

    /** Creates one without limits of its own, and issues its primary key. */
    public static NewIntegrator create(Demo demo, OperatorClient operator) {
        return create(demo, operator, null, null);
    }

    /**
     * Creates one, and issues its primary key.
     *
     * @param tier of its limits; null for the usual ones
     * @param allowedAddresses a JSON array of CIDR blocks; null for everywhere
     */
    public static NewIntegrator create(Demo demo, OperatorClient operator, String tier, String allowedAddresses) {
        String id = operator.createIntegrator("System tests " + UUID.randomUUID(), tier, allowedAddresses);
        String key = operator.issueKey(id, "PRIMARY");
        return new NewIntegrator(id, key, new IntegratorClient(demo.gateway(), key));
    }

    /** Not the key. */
    @Override
    public String toString() {
        return "NewIntegrator[" + id + "]";
    }
}
