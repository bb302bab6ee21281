package dev.halo.link.site;

import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.identity.SiteBinding;
import dev.halo.link.installation.Installation;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of one installation.
 *
 * <pre>
 *   Found ──probe──► Usable ◄──► Unusable
 * </pre>
 */
public sealed interface SiteState {

    /** The INI's section. */
    String section();

    /** The site as queries address it; empty while they cannot. */
    Optional<ServedSite> served();

    /** What the registry is told of it; empty while there is nothing to tell. */
    Optional<SiteBinding> announced();

    /** It is in the INI and has not been looked at yet. */
    record Found(Installation installation) implements SiteState {
        @Override
        public String section() {
            return installation.section();
        }

        @Override
        public Optional<ServedSite> served() {
            return Optional.empty();
        }

        @Override
        public Optional<SiteBinding> announced() {
            return Optional.empty();
        }
    }

    /**
     * Its patient database answered and may be served.
     *
     * @param warnings what an administrator should know all the same, in words
     */
    record Usable(Installation installation, SiteBinding binding, List<SiteDatabase> databases, List<String> warnings)
            implements SiteState {
        public Usable {
            databases = List.copyOf(databases);
            warnings = List.copyOf(warnings);
        }

        @Override
        public String section() {
            return installation.section();
        }

        @Override
        public Optional<ServedSite> served() {
            return Optional.of(new ServedSite(binding, databases));
        }

        @Override
        public Optional<SiteBinding> announced() {
            return Optional.of(binding);
        }
    }

    /**
     * It cannot be served now.
     *
     * @param message for the practice's administrator: what is wrong and what to do
     * @param lastKnown what it was when it was last seen; kept only for a cause that says nothing against that, such as a
     *     server that is down
     */
    record Unusable(String section, Reason reason, String message, Optional<ServedSite> lastKnown)
            implements SiteState {
        public Unusable {
            Objects.requireNonNull(section, "section");
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(lastKnown, "lastKnown");
        }

        @Override
        public Optional<ServedSite> served() {
            return lastKnown.filter(site -> !site.databases().isEmpty());
        }

        @Override
        public Optional<SiteBinding> announced() {
            return lastKnown.map(ServedSite::binding);
        }
    }

    /** Why a site cannot be served. */
    enum Reason {
        /** Its section is known from before, but the INI cannot be read now. */
        INI_UNREADABLE,
        /** The server or the database does not answer. */
        DATABASE_DOWN,
        /** The discovery user is refused. */
        LOGIN_REFUSED,
        /** The database answers, but not what a Zedmed database would. */
        PROBE_FAILED,
        /** A developer's licence in production, or a practice's on stage. */
        WRONG_ENVIRONMENT,
        /** The licence kind is none of those known. */
        LICENCE_UNKNOWN,
        /** A practice's licence with the Database ID that developers share. */
        SHARED_ID,
        /** The Halo GUID cannot be kept, so it is not given out. */
        NOT_STORED,
        /** The database behind the GUID is another one now. */
        CHANGED
    }
}
