package dev.halo.local;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code ./halo query SQL}. */
@Command(
        name = "query",
        mixinStandardHelpOptions = true,
        description = "Runs an immediate query as integrator A through the API and prints its rows.")
final class QueryCommand implements Callable<Integer> {

    private static final int FORBIDDEN = 403;

    @ParentCommand
    private HaloCommand halo;

    @Parameters(paramLabel = "SQL", description = "The statement, in reader mode.")
    private String sql;

    @Option(names = "--site", paramLabel = "N", defaultValue = "1", description = "Which practice; ${DEFAULT-VALUE}.")
    private int site;

    @Option(names = "--catalogue", paramLabel = "C", description = "Which of its databases, such as DOCUMENTS.")
    private String catalogue;

    @Override
    public Integer call() {
        StateDirectory state = StateDirectory.open(halo.state());
        if (Launcher.running(state).isEmpty()) {
            throw new SuiteException("The suite does not run. Start it with: ./halo up");
        }
        Map<String, String> demo = DemoEnvironment.read(state.demoEnvironment());
        String siteId = demo.get("HALO_SITE_ID" + DemoEnvironment.suffix(site));
        if (siteId == null) {
            throw new SuiteException("There is no site " + site);
        }
        IntegratorApi api =
                new IntegratorApi(URI.create(demo.get("HALO_GATEWAY_URL")), demo.get("HALO_SUBSCRIPTION_KEY"));
        HttpJson.Answer answer = api.immediate(siteId, catalogue, sql);
        if (answer.status() == FORBIDDEN && pairs(api, demo)) {
            answer = api.immediate(siteId, catalogue, sql);
        }
        if (!answer.successful()) {
            throw new SuiteException(answer.problem());
        }
        if (answer.body().path("result").has("data")) {
            TextTable.lines(IntegratorApi.rows(answer)).forEach(halo::print);
        } else {
            halo.print(answer.body().path("result").path("rowsAffected").asText() + " rows affected");
        }
        return 0;
    }

    // The demo pairs integrator A with the first practice only; whoever names another one wants its rows.
    private boolean pairs(IntegratorApi api, Map<String, String> demo) {
        HttpJson.Answer paired = api.pair(demo.get("HALO_DATABASE_ID" + DemoEnvironment.suffix(site)));
        if (paired.successful()) {
            halo.print("(integrator A is now paired with practice " + site + ")");
        }
        return paired.successful();
    }
}
