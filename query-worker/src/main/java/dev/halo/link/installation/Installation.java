package dev.halo.link.installation;

import dev.halo.link.firebird.DatabaseLocation;
import java.util.Objects;
import java.util.Optional;

/**
 * One Zedmed installation, as the INI has it.
 *
 * @param section its section's name, which is half of what its Halo GUID is bound to
 * @param patients the patient database
 * @param documents the document database, empty where none is named
 */
public record Installation(String section, DatabaseLocation patients, Optional<DatabaseLocation> documents) {
    public Installation {
        Objects.requireNonNull(section, "section");
        Objects.requireNonNull(patients, "patients");
        Objects.requireNonNull(documents, "documents");
    }
}
