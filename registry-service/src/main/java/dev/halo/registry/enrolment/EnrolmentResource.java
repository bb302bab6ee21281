package dev.halo.registry.enrolment;

import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkMessages.EnrolRequest;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.registry.error.Fields;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Enrolment of Links. */
@Path(LinkApi.ENROL)
@PermitAll
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Links")
public class EnrolmentResource {

    private final Enrolment enrolment;

    public EnrolmentResource(Enrolment enrolment) {
        this.enrolment = enrolment;
    }

    @POST
    @ResponseStatus(201)
    @Operation(summary = "Enrol a Link with a one-time token")
    public Uni<EnrolResponse> enrol(EnrolRequest request) {
        Fields.body(request);
        Fields.text("enrolmentToken", request.enrolmentToken(), 200);
        Fields.required("environment", request.environment());
        Fields.optionalText("linkVersion", request.linkVersion(), 64);
        Fields.optionalText("hostName", request.hostName(), 255);
        return enrolment.enrol(request);
    }
}
