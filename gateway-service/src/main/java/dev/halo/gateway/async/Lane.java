package dev.halo.gateway.async;

import java.util.UUID;

/** The queries of one integrator at one site, which are sent in the order of their creation. */
record Lane(UUID integratorId, UUID siteId, UUID linkId) {

    static Lane of(AsyncQuery query) {
        return new Lane(query.integratorId(), query.siteId(), query.linkId());
    }
}
