package dev.halo.gateway.registered;

import dev.halo.gateway.kafka.QueryChannel;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.session.SessionRecord;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/**
 * Brings registrations and their ends to the bridges. What gets lost on the way is sent again: a registration because
 * nobody confirms it, an end because the Link goes on reporting runs.
 */
@ApplicationScoped
class RegistrationCourier {

    private static final Logger LOG = Logger.getLogger(RegistrationCourier.class);

    private final QueryChannel channel;

    RegistrationCourier(QueryChannel channel) {
        this.channel = channel;
    }

    void register(RegisteredRequest request, SessionRecord.Open session) {
        MessageHeaders headers = new MessageHeaders(
                MessageType.REGISTER,
                request.queryId(),
                request.integratorId(),
                session.linkId(),
                session.sessionId(),
                Math.max(1, request.remainingMillis()),
                null);
        channel.publish(session, request.siteId(), headers, Json.bytes(request)).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warnf(
                        "event=registrationNotSent queryId=%s error=%s",
                        request.queryId(), failure.getClass().getSimpleName());
            }
        });
    }

    void cancel(LinkSide.Place place, LinkErrorCode cause, SessionRecord.Open session) {
        channel.cancel(session, place.integratorId(), new CancelRequest(place.queryId(), place.siteId(), cause));
    }
}
