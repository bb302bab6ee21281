package dev.halo.link.site;

import dev.halo.link.config.ZedmedConfig;
import dev.halo.link.firebird.DatabaseFacts;
import dev.halo.link.identity.SiteBinding;
import dev.halo.link.site.SiteState.Reason;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LicenceKind;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Which databases this Link may serve, by licence, environment and Database ID. */
final class SiteRules {

    private final Environment environment;
    private final ZedmedConfig config;

    SiteRules(Environment environment, ZedmedConfig config) {
        this.environment = environment;
        this.config = config;
    }

    /** Why a database is refused. */
    record Refusal(Reason reason, String message) {}

    LicenceKind licenceKind(DatabaseFacts facts) {
        if (contains(config.developerLicences(), facts.licenceKind())) {
            return LicenceKind.DEVELOPER;
        }
        return contains(config.standardLicences(), facts.licenceKind()) ? LicenceKind.STANDARD : LicenceKind.UNKNOWN;
    }

    Optional<Refusal> refusal(DatabaseFacts facts) {
        if (facts.databaseId() == null || facts.databaseId().isBlank()) {
            return refuse(Reason.PROBE_FAILED, "the database gives no Database ID");
        }
        LicenceKind kind = licenceKind(facts);
        boolean production = environment == Environment.PRODUCTION;
        if (kind == LicenceKind.UNKNOWN) {
            return refuse(
                    Reason.LICENCE_UNKNOWN,
                    "its licence kind is neither of a practice nor of a developer (halo.link.zedmed.standard-licences)");
        }
        if (production && kind == LicenceKind.DEVELOPER) {
            return refuse(
                    Reason.WRONG_ENVIRONMENT,
                    "it has a developer licence and this Link is installed for production: use a stage Link");
        }
        if (!production && kind == LicenceKind.STANDARD) {
            return refuse(
                    Reason.WRONG_ENVIRONMENT,
                    "it has a practice's licence and this Link is installed for stage: use a production Link");
        }
        if (kind == LicenceKind.STANDARD && contains(config.sharedDeveloperIds(), facts.databaseId())) {
            return refuse(
                    Reason.SHARED_ID, "it has a practice's licence but the Database ID that all developers share");
        }
        return Optional.empty();
    }

    /** Whether a database is still the one that a GUID was made for. */
    boolean isSame(SiteBinding binding, DatabaseFacts facts) {
        return Objects.equals(binding.databaseId(), facts.databaseId()) && binding.licenceKind() == licenceKind(facts);
    }

    private static Optional<Refusal> refuse(Reason reason, String message) {
        return Optional.of(new Refusal(reason, message));
    }

    private static boolean contains(List<String> values, String value) {
        return value != null && values.stream().anyMatch(value.strip()::equalsIgnoreCase);
    }
}
