package dev.halo.link.installation;

import java.util.List;

/**
 * What one look at the INI found.
 *
 * @param installations those that can be tried, in the file's order
 * @param problems everything that is wrong
 */
public record IniScan(List<Installation> installations, List<IniProblem> problems) {
    public IniScan {
        installations = List.copyOf(installations);
        problems = List.copyOf(problems);
    }

    /** Whether the file could not be used at all, so that it says nothing on which installations exist. */
    public boolean failed() {
        return problems.stream().anyMatch(IniProblem::isWholeFile);
    }
}
