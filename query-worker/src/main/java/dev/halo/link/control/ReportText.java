package dev.halo.link.control;

import java.util.StringJoiner;

/** The report as an administrator reads it. */
public final class ReportText {

    private ReportText() {}

    public static String of(LinkReport report) {
        StringJoiner text = new StringJoiner("\n");
        text.add("Halo Link " + report.version() + ", " + report.environment()
                + (report.linkId() == null ? "" : ", Link GUID " + report.linkId()));
        text.add("  Registry: " + report.registry());
        text.add("  Session:  " + report.session());
        text.add("  Clock:    " + clock(report.clockAheadMillis()));
        text.add("  INI:      " + (report.ini() == null ? "none configured" : report.ini()));
        text.add("  Queries:  " + report.queriesRunning() + " running, " + report.queriesWaiting() + " waiting; "
                + report.writesInJournal() + " writes in the journal");
        text.add("Installations: "
                + (report.sites().isEmpty() ? "none" : report.sites().size()));
        report.sites().forEach(site -> site(text, site));
        if (report.problems().isEmpty()) {
            text.add("No problems.");
        } else {
            text.add("Problems: " + report.problems().size());
            report.problems().forEach(problem -> text.add("  - " + problem));
        }
        return text.toString();
    }

    private static String clock(long aheadMillis) {
        long seconds = aheadMillis / 1000;
        return seconds == 0 ? "right" : Math.abs(seconds) + " s " + (seconds > 0 ? "ahead" : "behind");
    }

    private static void site(StringJoiner text, LinkReport.Site site) {
        text.add("  [" + site.section() + "] " + site.state()
                + (site.reason() == null ? "" : " (" + site.reason() + ": " + site.message() + ")"));
        if (site.siteId() != null) {
            text.add("    Halo GUID " + site.siteId() + ", Database ID " + site.databaseId() + ", \""
                    + site.practiceName() + "\", " + site.licenceKind() + " licence");
            text.add("    Catalogues " + String.join(", ", site.catalogues()) + "; registry: " + site.registry()
                    + (site.authoritative() ? ", authoritative" : ""));
        }
        site.warnings().forEach(warning -> text.add("    Warning: " + warning));
        site.integrators().forEach(integrator -> text.add("    " + line(integrator)));
    }

    /** One integrator on one line. */
    public static String line(LinkReport.Integrator integrator) {
        return "Integrator " + integrator.integratorId()
                + (integrator.name() == null ? "" : " \"" + integrator.name() + "\"") + ", user " + integrator.user()
                + (integrator.catalogues().isEmpty() ? "" : ", " + integrator.catalogues());
    }
}
