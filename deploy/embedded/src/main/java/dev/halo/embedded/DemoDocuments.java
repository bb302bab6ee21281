package dev.halo.embedded;

import java.nio.file.Path;

/** Makes the demo's document database. */
final class DemoDocuments {

    private DemoDocuments() {}

    static void create(EmbeddedFirebird firebird, Path database, DemoPractice.Spec spec) {
        firebird.createDatabase(database);
        firebird.execute(database, DemoScripts.load("documents-schema.sql"));
        firebird.execute(
                database,
                DemoScripts.load("documents-data.sql")
                        .replace("${DOCUMENTS}", Integer.toString(Math.max(5, spec.patients() / 10)))
                        .replace("${PATIENTS}", Integer.toString(spec.patients()))
                        .replace("${SEED}", Long.toString(Math.floorMod(spec.seed(), 2_147_483_647L))));
    }
}
