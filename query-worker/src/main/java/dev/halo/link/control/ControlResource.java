package dev.halo.link.control;

import dev.halo.link.control.ControlMessages.Access;
import dev.halo.link.control.ControlMessages.Done;
import dev.halo.link.control.ControlMessages.Enrol;
import dev.halo.link.control.ControlMessages.Integrators;
import dev.halo.link.control.ControlMessages.Problem;
import dev.halo.link.control.ControlMessages.Uninstall;
import dev.halo.link.enablement.AccessException;
import dev.halo.link.enrolment.RegistryException;
import dev.halo.link.enrolment.RegistryState;
import dev.halo.link.firebird.Login;
import dev.halo.link.identity.SiteBinding;
import dev.halo.link.site.ServedSite;
import dev.halo.link.start.Link;
import dev.halo.link.start.LinkService;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What commands on this machine ask of the running Link. Loopback only, behind {@link ControlFilter}. */
@Path(ControlResource.PATH)
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Blocking
public class ControlResource {

    /** Where it lies. */
    public static final String PATH = "/control/v1";

    private static final int ENROL_SECONDS = 30;

    private final Link link;
    private final ReportMaker reports;

    ControlResource(LinkService service) {
        this.link = service.link();
        this.reports = new ReportMaker(link);
    }

    /** What the Link found and what it could not use. */
    @GET
    @Path("/status")
    public LinkReport status() {
        return reports.report();
    }

    /** Enrols with a one-time token. */
    @POST
    @Path("/enrol")
    public Response enrol(Enrol request) throws InterruptedException {
        if (request == null || request.token() == null || request.token().isBlank()) {
            return problem(Response.Status.BAD_REQUEST, "there is no enrolment token");
        }
        if (link.credentials().current().isPresent()) {
            return problem(Response.Status.CONFLICT, "this Link is enrolled already");
        }
        try {
            RegistryState state = link.enrolment()
                    .enrol(request.token().strip())
                    .toCompletableFuture()
                    .get(ENROL_SECONDS, TimeUnit.SECONDS);
            return link.credentials().current().isPresent()
                    ? Response.ok(new Done(state.message())).build()
                    : problem(Response.Status.BAD_GATEWAY, state.message());
        } catch (ExecutionException | TimeoutException e) {
            return problem(Response.Status.GATEWAY_TIMEOUT, "the registry does not answer; the Link keeps trying");
        }
    }

    /** Tells the registry that this Link is uninstalled, and forgets its identity. */
    @POST
    @Path("/uninstall")
    public Response uninstall(Uninstall request) throws InterruptedException {
        if (link.credentials().current().isEmpty()) {
            return problem(Response.Status.CONFLICT, "this Link is not enrolled");
        }
        try {
            boolean force = request != null && request.force();
            RegistryState state =
                    link.enrolment().leave(force).toCompletableFuture().get(ENROL_SECONDS, TimeUnit.SECONDS);
            return Response.ok(new Done(state.message())).build();
        } catch (ExecutionException e) {
            String why = e.getCause() == null ? "" : e.getCause().getMessage();
            return problem(
                    Response.Status.BAD_GATEWAY,
                    e.getCause() instanceof RegistryException
                            ? why + "; nothing was changed (--force: forget the identity here)"
                            : why);
        } catch (TimeoutException e) {
            return problem(Response.Status.GATEWAY_TIMEOUT, "the registry does not answer; see: query-worker status");
        }
    }

    /** Every integrator that is enabled. */
    @GET
    @Path("/integrators")
    public Integrators integrators() {
        return new Integrators(reports.integrators(null));
    }

    /** Lets an integrator in. */
    @POST
    @Path("/integrators/enable")
    public Response enable(Access request) {
        return change(request, (login, site) -> {
            link.enablement().enable(login, site, request.integratorId(), request.name());
            return "enabled " + request.integratorId() + " at " + site.binding().practiceName();
        });
    }

    /** Shuts an integrator out. */
    @POST
    @Path("/integrators/disable")
    public Response disable(Access request) {
        return change(request, (login, site) -> {
            link.enablement().disable(login, site, request.integratorId());
            return "disabled " + request.integratorId() + " at "
                    + site.binding().practiceName();
        });
    }

    private interface Change {
        String make(Login administrator, ServedSite site) throws AccessException;
    }

    private Response change(Access request, Change change) {
        if (request == null
                || request.site() == null
                || request.integratorId() == null
                || request.adminUser() == null
                || request.adminPassword() == null) {
            return problem(Response.Status.BAD_REQUEST, "site, integrator, administrator and password are all needed");
        }
        List<ServedSite> sites = link.sites().served().stream()
                .filter(site -> isMeant(request.site().strip(), site.binding()))
                .toList();
        if (sites.size() != 1) {
            return problem(
                    Response.Status.NOT_FOUND,
                    sites.isEmpty()
                            ? "there is no usable site " + request.site() + "; see: query-worker status"
                            : "more than one site goes by " + request.site() + "; give the Halo GUID");
        }
        try {
            Login administrator = Login.of(request.adminUser(), request.adminPassword());
            return Response.ok(new Done(change.make(administrator, sites.get(0))))
                    .build();
        } catch (AccessException e) {
            return problem(Response.Status.BAD_GATEWAY, e.getMessage());
        }
    }

    private static boolean isMeant(String name, SiteBinding site) {
        return site.siteId().toString().equalsIgnoreCase(name)
                || site.announcedId().equalsIgnoreCase(name)
                || site.section().equalsIgnoreCase(name);
    }

    private static Response problem(Response.Status status, String message) {
        return Response.status(status).entity(new Problem(message)).build();
    }
}
