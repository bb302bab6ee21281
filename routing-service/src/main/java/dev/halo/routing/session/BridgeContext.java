package dev.halo.routing.session;

import dev.halo.routing.config.RoutingConfig;
import dev.halo.routing.metric.BridgeMetrics;
import dev.halo.routing.outcome.QueryReports;
import dev.halo.routing.outcome.RecordPublisher;
import dev.halo.routing.site.LinkRegistry;
import java.util.UUID;

/**
 * What all sessions of one instance share.
 *
 * @param incarnation of this instance's slot
 * @param topicPrefix of the deployment
 */
public record BridgeContext(
        RoutingConfig config,
        UUID incarnation,
        String topicPrefix,
        RecordPublisher publisher,
        QueryReports reports,
        LinkRegistry registry,
        BridgeMetrics metrics,
        SessionClock clock) {}
