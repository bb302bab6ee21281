package dev.halo.protocol.golden;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.Frame.SiteAuthority;
import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.link.LinkMessages;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.CommandType;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.RegisteredRun;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.session.SessionOpened;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One message of each kind, all fields set, and some with only what must be there. */
public final class Samples {

    /**
     * A message and what its bytes are read as.
     *
     * @param name of its golden file
     */
    public record Sample(String name, Class<?> readAs, Object message) {
        @Override
        public String toString() {
            return name;
        }
    }

    public static final UUID QUERY = UUID.fromString("11111111-1111-4111-8111-111111111111");
    public static final UUID SITE = UUID.fromString("22222222-2222-4222-8222-222222222222");
    public static final UUID INTEGRATOR = UUID.fromString("33333333-3333-4333-8333-333333333333");
    public static final UUID LINK = UUID.fromString("44444444-4444-4444-8444-444444444444");
    public static final UUID SESSION = UUID.fromString("55555555-5555-4555-8555-555555555555");
    public static final UUID JOURNAL = UUID.fromString("66666666-6666-4666-8666-666666666666");
    public static final UUID INCARNATION = UUID.fromString("77777777-7777-4777-8777-777777777777");
    public static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");
    public static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static final UUID RUN = UUID.fromString("88888888-8888-4888-8888-888888888888");
    private static final String HASH = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=";
    private static final Timing TIMING = new Timing(12, 34, 30, 5);
    private static final Produced PRODUCED = new Produced(1_000_000, 180_000_000, 172, TIMING);
    private static final Parameter OUTPUT =
            new Parameter("@total", Direction.OUTPUT, ParameterType.DECIMAL, "MTIuNTA=", 18);

    private Samples() {}

    public static List<Sample> all() {
        return java.util.stream.Stream.of(queries(), outcomes(), frames(), sessions(), registry(), link())
                .flatMap(List::stream)
                .toList();
    }

    public static QueryRequest request() {
        Command command = new Command(
                "select NAME from PATIENTS where ID = @id",
                ExecutionMode.SCALAR,
                CommandType.TEXT,
                List.of(
                        new Parameter("@id", Direction.INPUT, ParameterType.INT, "42", 4),
                        new Parameter("note", Direction.INPUT_OUTPUT, null, null, null)));
        return new QueryRequest(QUERY, SITE, INTEGRATOR, QueryMode.IMMEDIATE, command, "DOCUMENTS", 30_000, 31, NOON);
    }

    private static QueryRequest leastRequest() {
        return new QueryRequest(
                QUERY,
                SITE,
                INTEGRATOR,
                QueryMode.ASYNC,
                new Command("P_NIGHTLY", null, CommandType.STORED_PROCEDURE, null),
                null,
                0,
                QueryRequest.NO_REPLY_SLOT,
                NOON);
    }

    private static List<Sample> queries() {
        return List.of(
                new Sample("query", QueryRequest.class, request()),
                new Sample("query-least", QueryRequest.class, leastRequest()),
                new Sample("cancel", CancelRequest.class, new CancelRequest(QUERY, SITE, LinkErrorCode.CANCELLED)),
                new Sample("produced", Produced.class, PRODUCED),
                new Sample("register", RegisteredRequest.class, registration()),
                new Sample("registered-run", RegisteredRun.class, run()));
    }

    private static RegisteredRequest registration() {
        return new RegisteredRequest(
                QUERY, SITE, INTEGRATOR, request().command(), "DOCUMENTS", 60, 12_000, 3_600_000, 7, HASH, NOON);
    }

    private static RegisteredRun run() {
        return new RegisteredRun(
                RUN, QUERY, 8, HASH, true, new Outcome.Rows(2, 11, Outcome.Storage.STORED, List.of(OUTPUT), TIMING));
    }

    private static List<Sample> outcomes() {
        return List.of(
                outcome("rows", new Outcome.Rows(2, 11, Outcome.Storage.INLINE, List.of(OUTPUT), TIMING)),
                outcome("rows-stored", new Outcome.Rows(9_000, 700_000, Outcome.Storage.STORED, null, TIMING)),
                outcome("rows-paged", new Outcome.Rows(9_000, 7_000_000, Outcome.Storage.STORED, null, TIMING, 7)),
                outcome("affected", new Outcome.Affected(3, List.of(OUTPUT), TIMING)),
                outcome(
                        "failed",
                        new Outcome.Failed(
                                new QueryFailure(ErrorType.FBSQL, 335544352, "no permission for SELECT"), TIMING)),
                outcome("released", new Outcome.Released(Outcome.ReleaseCause.NO_CREDIT)));
    }

    private static Sample outcome(String name, Outcome outcome) {
        return new Sample("outcome-" + name, Outcome.class, outcome);
    }

    private static List<Sample> frames() {
        List<SiteAuthority> sites = List.of(new SiteAuthority(SITE, true, false, 5));
        return List.of(
                frame("hello", new Frame.Hello(1, "1.2.3", Environment.STAGE, NOON, JOURNAL, List.of(QUERY))),
                frame("welcome", new Frame.Welcome(SESSION, 1, NOON, -250, 15_000, sites)),
                frame("refused", new Frame.Refused(Frame.RefusalCause.SUPERSEDED, "runs twice", 60_000)),
                frame("query", new Frame.Query(request(), Map.of("traceparent", TRACEPARENT))),
                frame("cancel", new Frame.Cancel(QUERY, LinkErrorCode.INTEGRATOR_DISABLED)),
                frame("queued", new Frame.Queued(QUERY, SITE)),
                frame("executing", new Frame.Executing(QUERY, SITE)),
                frame("uploading", new Frame.Uploading(QUERY, SITE, PRODUCED)),
                frame("register", new Frame.Register(registration())),
                frame("ran", new Frame.Ran(SITE, INTEGRATOR, run())),
                frame("ended", new Frame.Ended(QUERY, SITE, INTEGRATOR, 31)),
                frame("ended-ack", new Frame.EndedAck(QUERY)),
                frame("credit", new Frame.Credit(SITE, 64)),
                frame("ping", new Frame.Ping(7)),
                frame("pong", new Frame.Pong(7)),
                frame("drain", new Frame.Drain(42_000)),
                frame("authority", new Frame.Authority(8, sites)),
                frame("authority-confirmed", new Frame.AuthorityConfirmed(8)),
                frame("goodbye", new Frame.Goodbye()));
    }

    private static Sample frame(String name, Frame frame) {
        return new Sample("frame-" + name, Frame.class, frame);
    }

    private static List<Sample> sessions() {
        return List.of(
                new Sample(
                        "session-open",
                        SessionRecord.class,
                        new SessionRecord.Open(LINK, SESSION, 2, INCARNATION, NOON, "1.2.3", 1_500)),
                new Sample(
                        "session-closed",
                        SessionRecord.class,
                        new SessionRecord.Closed(LINK, SESSION, SessionRecord.CloseCause.LOST, NOON)),
                new Sample(
                        "session-opened",
                        SessionOpened.class,
                        new SessionOpened(LINK, SESSION, JOURNAL, List.of(QUERY))),
                new Sample(
                        "authority-confirmation",
                        AuthorityConfirmation.class,
                        new AuthorityConfirmation(
                                LINK, SESSION, Map.of(AuthorityRecord.keyOf(PmsType.ZEDMED, "ZED-4711"), 5L), NOON)),
                new Sample(
                        "slot",
                        SlotRecord.class,
                        new SlotRecord(SlotRecord.Kind.ROUTING, 2, INCARNATION, NOON, SlotRecord.State.DRAINING)));
    }

    private static List<Sample> registry() {
        List<Catalogue> catalogues = List.of(new Catalogue("PATIENTS", true), new Catalogue("DOCUMENTS", false));
        return List.of(
                new Sample(
                        "site",
                        SiteRecord.class,
                        new SiteRecord(
                                SITE,
                                LINK,
                                LinkStatus.ACTIVE,
                                PmsType.ZEDMED,
                                "ZED-4711",
                                "Harbour Street Practice",
                                "36.1",
                                "1.2.3",
                                catalogues,
                                LicenceKind.STANDARD,
                                SiteStatus.ACTIVE,
                                null,
                                NOON,
                                NOON,
                                17)),
                new Sample(
                        "site-least",
                        SiteRecord.class,
                        new SiteRecord(
                                SITE,
                                LINK,
                                LinkStatus.SUSPENDED,
                                PmsType.ZEDMED,
                                "ZED-4711",
                                null,
                                null,
                                null,
                                null,
                                null,
                                SiteStatus.INITIALISING,
                                "waits for an operator",
                                NOON,
                                null,
                                1)),
                new Sample(
                        "authority",
                        AuthorityRecord.class,
                        new AuthorityRecord(PmsType.ZEDMED, "ZED-4711", LINK, SITE, NOON, 5)),
                new Sample(
                        "authority-none",
                        AuthorityRecord.class,
                        new AuthorityRecord(PmsType.ZEDMED, "ZED-4711", null, null, NOON, 6)),
                fact(
                        "integrator",
                        new IntegratorFact.Integrator(
                                INTEGRATOR,
                                "Example Bookings",
                                true,
                                List.of(
                                        new IntegratorFact.Key("ab12", IntegratorFact.KeySlot.PRIMARY, false),
                                        new IntegratorFact.Key("cd34", IntegratorFact.KeySlot.SECONDARY, true)),
                                List.of("203.0.113.0/24"),
                                "gold",
                                null,
                                3)),
                fact(
                        "integrator-webhooks",
                        new IntegratorFact.Integrator(
                                INTEGRATOR,
                                "Example Bookings",
                                true,
                                List.of(),
                                List.of(),
                                null,
                                new IntegratorFact.Webhooks(
                                        "https://hooks.example.org/halo/{siteId}/{queryId}",
                                        "https://hooks.example.org/halo?source={source}",
                                        null,
                                        "1.c2VhbGVk"),
                                4)),
                fact("pairing", new IntegratorFact.Pairing(INTEGRATOR, SITE, true, 4)),
                fact("enablement", new IntegratorFact.Enablement(INTEGRATOR, SITE, false, null, 9)),
                fact("enablement-since", new IntegratorFact.Enablement(INTEGRATOR, SITE, true, NOON, 10)));
    }

    private static Sample fact(String name, IntegratorFact fact) {
        return new Sample("fact-" + name, IntegratorFact.class, fact);
    }

    private static List<Sample> link() {
        LinkMessages.AnnouncedSite site = new LinkMessages.AnnouncedSite(
                SITE,
                PmsType.ZEDMED,
                "ZED-4711",
                "Harbour Street Practice",
                "36.1",
                LicenceKind.DEVELOPER,
                List.of(new Catalogue("PATIENTS", true)),
                List.of(INTEGRATOR));
        LinkMessages.SiteResult result =
                new LinkMessages.SiteResult(SITE, SiteStatus.INITIALISING, false, "not entitled", true, 5);
        return List.of(
                message(
                        "enrol-request",
                        new LinkMessages.EnrolRequest("stage_enrol", Environment.STAGE, "1.2.3", "server1")),
                message(
                        "enrol-response",
                        new LinkMessages.EnrolResponse(LINK, "secret-of-link", "signed.token.text", NOON, NOON)),
                message("token-request", new LinkMessages.TokenRequest(LINK, "secret-of-link", Environment.PRODUCTION)),
                message(
                        "token-response",
                        new LinkMessages.TokenResponse("signed.token.text", NOON, "secret-of-link", NOON)),
                message("announcement", new LinkMessages.Announcement("1.2.3", List.of(site))),
                message("announced-site", site),
                message("announcement-result", new LinkMessages.AnnouncementResult(List.of(result), NOON)),
                message("site-result", result));
    }

    private static Sample message(String name, Object message) {
        return new Sample("link-" + name, message.getClass(), message);
    }
}
