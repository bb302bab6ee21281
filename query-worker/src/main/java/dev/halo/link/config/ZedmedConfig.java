package dev.halo.link.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Zedmed's INI file and what its values mean. The vendor has not published the layout: every default here is our
 * assumption, made to fit the demo practice.
 */
@ConfigMapping(prefix = "halo.link.zedmed")
public interface ZedmedConfig {

    /** The INI file. Without it the Link runs and says that it is missing. */
    Optional<Path> ini();

    /** Largest INI that is read, in bytes. */
    @WithDefault("1048576")
    int maxIniBytes();

    /** Most installations that are taken from it; the rest is reported. */
    @WithDefault("100")
    int maxInstallations();

    /**
     * Character set of an INI that has no byte order mark and is not valid UTF-8.
     */
    @NotBlank
    @WithDefault("windows-1252")
    String iniCharset();

    /** Regular expression for the sections that are installations; case does not matter. */
    @NotBlank
    @WithDefault(".+")
    String sectionPattern();

    /** Regular expression for sections that are none, checked first. */
    @NotBlank
    @WithDefault("(?:general|options|settings)")
    String ignoredSectionPattern();

    /** Keys whose value is the patient database's connection string; the first that is there counts. */
    @NotEmpty
    @WithDefault("PatientDatabase")
    List<String> patientKeys();

    /** Keys of the document database. An installation without one has one catalogue. */
    @NotEmpty
    @WithDefault("DocumentDatabase")
    List<String> documentKeys();

    /**
     * Regular expression whose group {@code location} is the connection string in a value: some programs write more into
     * one.
     */
    @NotBlank
    @WithDefault("(?<location>.+)")
    String valuePattern();

    /** Name of the patient database's catalogue, which is the default one. */
    @NotBlank
    @WithDefault("PATIENTS")
    String patientCatalogue();

    /** Name of the document database's catalogue. */
    @NotBlank
    @WithDefault("DOCUMENTS")
    String documentCatalogue();

    /** What the licence probe reads of a practice's own licence. */
    @NotEmpty
    @WithDefault("STANDARD")
    List<String> standardLicences();

    /** What the licence probe reads of a developer's licence. */
    @NotEmpty
    @WithDefault("DEVELOPER")
    List<String> developerLicences();

    /** The Database IDs that all developers' databases share; they identify nobody. */
    @NotEmpty
    @WithDefault("DEVELOPER")
    List<String> sharedDeveloperIds();
}
