package dev.halo.link.start;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready as soon as the Link runs: what is missing round it is told in the details and repairs itself. */
@Readiness
@Singleton
class LinkHealth implements HealthCheck {

    private final Link link;

    LinkHealth(LinkService service) {
        this.link = service.link();
    }

    @Override
    public HealthCheckResponse call() {
        long usable = link.sites().served().size();
        return HealthCheckResponse.named("link")
                .up()
                .withData("registry", link.enrolment().state().getClass().getSimpleName())
                .withData("session", link.session().state().getClass().getSimpleName())
                .withData("sitesServed", usable)
                .withData("iniProblems", link.sites().iniProblems().size())
                .withData("journalWritable", link.journal().problem() == null)
                .withData("auditWritable", link.audit().problem() == null)
                .build();
    }
}
