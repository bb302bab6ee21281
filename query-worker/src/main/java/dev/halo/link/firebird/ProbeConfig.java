package dev.halo.link.firebird;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotBlank;

/**
 * The statements that tell who a patient database belongs to; each gives one row of one column. Zedmed's own tables are not
 * public, so the defaults are an assumption of this project, which the demo practice follows.
 */
@ConfigMapping(prefix = "halo.link.probes")
public interface ProbeConfig {

    /** The Zedmed Database ID, which integrators know as PMS ID. */
    @WithDefault("select SETTING_VALUE from ZEDMED_SYSTEM where SETTING_KEY = 'DATABASE_ID'")
    @NotBlank
    String databaseId();

    /** The practice's name. */
    @WithDefault("select SETTING_VALUE from ZEDMED_SYSTEM where SETTING_KEY = 'PRACTICE_NAME'")
    @NotBlank
    String practiceName();

    /** Zedmed's version. */
    @WithDefault("select SETTING_VALUE from ZEDMED_SYSTEM where SETTING_KEY = 'VERSION'")
    @NotBlank
    String version();

    /** The kind of licence. */
    @WithDefault("select SETTING_VALUE from ZEDMED_SYSTEM where SETTING_KEY = 'LICENCE_KIND'")
    @NotBlank
    String licenceKind();
}
