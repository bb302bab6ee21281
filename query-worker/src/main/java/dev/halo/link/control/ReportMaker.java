package dev.halo.link.control;

import dev.halo.link.enablement.EnabledIntegrator;
import dev.halo.link.identity.Credentials;
import dev.halo.link.identity.SiteBinding;
import dev.halo.link.installation.IniProblem;
import dev.halo.link.site.ServedSite;
import dev.halo.link.site.SiteState;
import dev.halo.link.start.Link;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Makes the report of a running Link. */
public final class ReportMaker {

    private final Link link;

    public ReportMaker(Link link) {
        this.link = link;
    }

    /** As it is now. */
    public LinkReport report() {
        List<LinkReport.Site> sites =
                link.sites().states().stream().map(this::site).toList();
        return new LinkReport(
                link.configs().link().version(),
                link.configs().link().environment().wire(),
                link.credentials().current().map(Credentials::linkId).orElse(null),
                link.enrolment().state().message(),
                link.enrolment().state().isGood(),
                link.session().state().message(),
                link.session().state().isOpen(),
                link.clock().offsetMillis(),
                link.configs().zedmed().ini().map(Object::toString).orElse(null),
                sites,
                link.queue().waiting(),
                link.queue().running(),
                link.journal().size(),
                problems(sites));
    }

    private LinkReport.Site site(SiteState state) {
        Optional<SiteBinding> binding = state.announced();
        Optional<UUID> siteId = binding.map(SiteBinding::siteId);
        Optional<SiteResult> result = siteId.flatMap(link.announcer()::result);
        SiteState.Unusable unusable = state instanceof SiteState.Unusable bad ? bad : null;
        List<String> warnings = state instanceof SiteState.Usable usable ? usable.warnings() : List.of();
        return new LinkReport.Site(
                state.section(),
                state.getClass().getSimpleName().toLowerCase(Locale.ROOT),
                unusable == null ? null : unusable.reason().name(),
                unusable == null ? null : unusable.message(),
                siteId.orElse(null),
                binding.map(SiteBinding::announcedId).orElse(null),
                binding.map(SiteBinding::practiceName).orElse(null),
                binding.map(found -> found.licenceKind().wire()).orElse(null),
                state.served().map(ReportMaker::catalogues).orElse(List.of()),
                warnings,
                result.map(ReportMaker::registryWord).orElse("not announced yet"),
                siteId.map(link.authority()::mayServe).orElse(false),
                siteId.map(this::integrators).orElse(List.of()));
    }

    private static List<String> catalogues(ServedSite site) {
        return site.databases().stream().map(database -> database.catalogue()).toList();
    }

    private static String registryWord(SiteResult result) {
        String status = result.status() == null ? "unknown" : result.status().wire();
        return result.problem() == null ? status : status + ": " + result.problem();
    }

    /** The integrators of a site, or of all for null. */
    public List<LinkReport.Integrator> integrators(UUID siteId) {
        return link.enablement().list(siteId).stream().map(this::integrator).toList();
    }

    private LinkReport.Integrator integrator(EnabledIntegrator entry) {
        Map<String, String> catalogues = new TreeMap<>();
        link.enablement()
                .access(entry.login().siteId(), entry.login().integratorId())
                .forEach((catalogue, access) -> catalogues.put(catalogue, access.name()));
        return new LinkReport.Integrator(
                entry.login().integratorId(),
                entry.name(),
                entry.login().siteId(),
                entry.login().user(),
                catalogues);
    }

    private List<String> problems(List<LinkReport.Site> sites) {
        List<String> problems = new ArrayList<>();
        link.sites().iniProblems().stream().map(IniProblem::message).forEach(problems::add);
        for (LinkReport.Site site : sites) {
            if (site.message() != null) {
                problems.add("[" + site.section() + "] " + site.message());
            }
            site.warnings().forEach(warning -> problems.add("[" + site.section() + "] " + warning));
        }
        if (!link.enrolment().state().isGood()) {
            problems.add("registry: " + link.enrolment().state().message());
        }
        if (!link.session().state().isOpen()) {
            problems.add("session: " + link.session().state().message());
        }
        if (link.clock().isWrong()) {
            problems.add("this machine's clock is wrong by " + link.clock().offsetMillis() / 1000
                    + " s; set it (until then it is corrected)");
        }
        Optional.ofNullable(link.journal().problem()).ifPresent(problems::add);
        Optional.ofNullable(link.audit().problem()).ifPresent(problems::add);
        return problems;
    }
}
