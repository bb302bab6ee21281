package dev.halo.registry.republish;

import dev.halo.registry.access.Callers;
import dev.halo.registry.access.Roles;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.command.Commands;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/**
 * Publishes everything again. A topic that was lost is noticed without it; this is for records that were lost inside a
 * topic.
 */
@Path("/admin/v1/republish")
@RolesAllowed(Roles.OPERATOR)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Publishing")
public class RepublishResource {

    private final Commands commands;
    private final Callers callers;

    public RepublishResource(Commands commands, Callers callers) {
        this.commands = commands;
        this.callers = callers;
    }

    @POST
    @ResponseStatus(202)
    @Operation(summary = "Publish all sites, authority and integrators again, within a minute")
    public Uni<Void> republish() {
        return commands.execute("republish", callers.operator(), command -> {
            command.audit(AuditEntry.of(AuditAction.REPUBLISH_REQUESTED, SubjectKind.TOPIC, "all"));
            return command.session()
                    .createNativeQuery("delete from registry.published_topic")
                    .executeUpdate()
                    .replaceWithVoid();
        });
    }
}
