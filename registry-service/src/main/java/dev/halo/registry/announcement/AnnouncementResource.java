package dev.halo.registry.announcement;

import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.link.LinkMessages.AnnouncementResult;
import dev.halo.registry.link.CallingLink;
import dev.halo.registry.link.LinkAuthenticated;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What Links announce. */
@Path(LinkApi.SITES)
@PermitAll
@LinkAuthenticated
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Links")
public class AnnouncementResource {

    private final Announcements announcements;
    private final CallingLink link;

    public AnnouncementResource(Announcements announcements, CallingLink link) {
        this.announcements = announcements;
        this.link = link;
    }

    @PUT
    @Operation(summary = "Announce all sites of the Link")
    public Uni<AnnouncementResult> announce(Announcement announcement) {
        return announcements.announce(link.id(), announcement);
    }
}
