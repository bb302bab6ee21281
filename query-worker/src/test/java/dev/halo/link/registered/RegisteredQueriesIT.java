package dev.halo.link.registered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.RegisteredRun;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Registered queries between a cloud of the test's and databases that are played: how they run and how they end. */
class RegisteredQueriesIT extends RegisteredFixture {

    private static String hash(String json) throws Exception {
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8)));
    }

    private boolean uploaded(RegisteredRequest of, RegisteredRun run) {
        return link.cloud.uploads.containsKey(LinkApi.runPath(of.queryId(), run.number()));
    }

    @Test
    void runsAtOnceAndUploadsOnlyWhatHasChanged() throws Exception {
        // Given
        link.ready();
        RegisteredRequest request = register(ExecutionMode.READER, "value", 1, LONG_MILLIS);

        // When
        List<RegisteredRun> first = awaitRuns(request, 2);
        link.databases.value = 2;
        await().atMost(LinkHarness.LONG)
                .until(() ->
                        runs(request).stream().filter(RegisteredRun::changed).count() == 2);

        // Then
        assertThat(link.session().all(Frame.Queued.class))
                .containsExactly(new Frame.Queued(request.queryId(), link.siteId()));
        assertThat(first.get(0).number()).isEqualTo(1);
        assertThat(first.get(0).changed()).isTrue();
        assertThat(first.get(0).hash()).isEqualTo(hash("[{\"A\":1}]"));
        assertThat(uploaded(request, first.get(0))).isTrue();
        assertThat(first.get(1).changed()).isFalse();
        assertThat(first.get(1).hash()).isEqualTo(first.get(0).hash());
        assertThat(((Outcome.Rows) first.get(1).outcome()).storage()).isEqualTo(Outcome.Storage.STORED);
        assertThat(uploaded(request, first.get(1))).isFalse();
        assertThat(runs(request))
                .filteredOn(RegisteredRun::changed)
                .allMatch(run -> uploaded(request, run))
                .last()
                .matches(run ->
                        run.hash() != null && !run.hash().equals(first.get(0).hash()));
        assertThat(link.cloud.uploads).hasSize(2);
    }

    @Test
    void doesNotUploadWhatTheCloudHolds() throws Exception {
        // Given
        link.ready();
        RegisteredRequest fresh = link.registered(ExecutionMode.READER, "value", 60, LONG_MILLIS);
        RegisteredRequest known = new RegisteredRequest(
                fresh.queryId(),
                fresh.siteId(),
                fresh.integratorId(),
                fresh.command(),
                null,
                60,
                0,
                LONG_MILLIS,
                41,
                hash("[{\"A\":1}]"),
                fresh.createdAt());

        // When
        link.session().send(new Frame.Register(known));

        // Then
        RegisteredRun run = awaitRuns(known, 1).get(0);
        assertThat(run.number()).isEqualTo(42);
        assertThat(run.changed()).isFalse();
        assertThat(link.cloud.uploads).isEmpty();
    }

    @Test
    void endsWithItsTimeAndRunsOnItsBoundary() throws Exception {
        // Given
        link.ready();

        // When
        RegisteredRequest request = register(ExecutionMode.READER, "value", 1, 2_000);

        // Then
        await().atMost(LinkHarness.LONG)
                .until(() ->
                        link.link.registered().held() == 0 && !runs(request).isEmpty());
        assertThat(runs(request)).hasSizeBetween(1, 3);
        assertThat(runs(request).get(0).number()).isEqualTo(1);
    }

    @Test
    void endsWhenItIsCancelled() throws Exception {
        // Given
        link.ready();
        RegisteredRequest request = register(ExecutionMode.READER, "wait", 1, LONG_MILLIS);
        link.awaitRunning(1);

        // When
        link.session().send(new Frame.Cancel(request.queryId(), LinkErrorCode.CANCELLED));

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.CANCELLED)).isTrue();
        assertThat(link.link.registered().held()).isZero();
        link.awaitRunning(0);
    }

    @Test
    void isNotHeldWhenItsCancelCameFirst() throws Exception {
        // Given
        link.ready();
        RegisteredRequest request = link.registered(ExecutionMode.READER, "value", 1, LONG_MILLIS);
        link.session().send(new Frame.Cancel(request.queryId(), LinkErrorCode.CANCELLED));

        // When
        link.session().send(new Frame.Register(request));

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.CANCELLED)).isTrue();
        assertThat(link.databases.executions).isEmpty();
    }

    @Test
    void endsWhenThePracticeDisablesItsIntegrator() throws Exception {
        // Given
        link.ready();
        RegisteredRequest request = register(ExecutionMode.READER, "value", 60, LONG_MILLIS);
        awaitRuns(request, 1);

        // When
        link.link.enablement().disable(LinkHarness.ADMIN, link.site(), link.integrator);

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.INTEGRATOR_DISABLED))
                .isTrue();
        assertThat(link.link.registered().held()).isZero();
    }

    @Test
    void outlivesANewSecretOfItsIntegrator() throws Exception {
        // Given
        link.ready();
        RegisteredRequest request = register(ExecutionMode.READER, "value", 1, LONG_MILLIS);
        awaitRuns(request, 1);

        // When
        link.link.enablement().enable(LinkHarness.ADMIN, link.site(), link.integrator, "A");

        // Then
        int before = runs(request).size();
        awaitRuns(request, before + 1);
        assertThat(link.link.registered().held()).isEqualTo(1);
    }

    @Test
    void endsWhenItsSiteIsSuperseded() throws Exception {
        // Given
        link.ready();
        RegisteredRequest request = register(ExecutionMode.READER, "value", 60, LONG_MILLIS);
        awaitRuns(request, 1);

        // When
        link.session().send(new Frame.Authority(9, List.of(new Frame.SiteAuthority(link.siteId(), true, false))));

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.SITE_SUPERSEDED))
                .isTrue();
    }

    @Test
    void aFailedRunDoesNotEndIt() throws Exception {
        // Given
        link.ready();

        // When
        RegisteredRequest request = register(ExecutionMode.READER, "break", 1, LONG_MILLIS);

        // Then
        List<RegisteredRun> runs = awaitRuns(request, 2);
        assertThat(runs).allMatch(run -> run.outcome() instanceof Outcome.Failed && !run.changed());
        assertThat(link.link.registered().held()).isEqualTo(1);
    }

    @Test
    void skipsRunsWhileOneGoesOn() throws Exception {
        // Given
        link.ready();
        RegisteredRequest request = register(ExecutionMode.READER, "wait", 1, LONG_MILLIS);
        await().atMost(LinkHarness.LONG).until(() -> link.count("halo.link.runs.skipped") >= 2);
        assertThat(link.databases.executions).hasSize(1);

        // When
        link.databases.permits.release();

        // Then
        assertThat(awaitRuns(request, 1).get(0).number()).isEqualTo(1);
    }

    @Test
    void uploadsAgainWhatCouldNotBeStored() throws Exception {
        // Given
        link.ready();
        link.cloud.uploadStatus = 503;
        RegisteredRequest request = register(ExecutionMode.READER, "value", 1, LONG_MILLIS);
        RegisteredRun lost = awaitRuns(request, 1).get(0);

        // When
        link.cloud.uploadStatus = 204;

        // Then
        await().atMost(LinkHarness.LONG).until(() -> runs(request).stream().anyMatch(RegisteredRun::changed));
        assertThat(((Outcome.Failed) lost.outcome()).failure().type()).isEqualTo(ErrorType.HTTP);
        assertThat(lost.hash()).isNull();
    }

    @Test
    void refusesMoreThanItMayHold() throws Exception {
        // Given
        link.ready();
        register(ExecutionMode.READER, "value", 60, LONG_MILLIS);
        register(ExecutionMode.READER, "value", 60, LONG_MILLIS);

        // When
        RegisteredRequest third = register(ExecutionMode.READER, "value", 60, LONG_MILLIS);

        // Then
        assertThat(link.failure(third.queryId()).is(LinkErrorCode.INTERNAL)).isTrue();
        assertThat(link.link.registered().held()).isEqualTo(2);
    }

    @Test
    void letsTheRunFinishThatExecutesWhenItsSiteIsSuperseded() throws Exception {
        // Given
        link.ready();
        RegisteredRequest request = register(ExecutionMode.READER, "wait", 60, LONG_MILLIS);
        link.awaitRunning(1);

        // When
        link.session().send(new Frame.Authority(9, List.of(new Frame.SiteAuthority(link.siteId(), true, false))));

        // Then
        assertThat(link.failure(request.queryId()).is(LinkErrorCode.SITE_SUPERSEDED))
                .isTrue();
        link.databases.permits.release();
        assertThat(awaitRuns(request, 1).get(0).outcome()).isInstanceOf(Outcome.Rows.class);
    }

    @Test
    void waitsAtASiteThatAnotherLinkServesUntilItIsThisOne() throws Exception {
        // Given a bridge that is behind the gateway in a switch to this Link
        link.ready();
        link.cloud.authorityVersion = 6;
        link.session().send(new Frame.Authority(9, List.of(new Frame.SiteAuthority(link.siteId(), true, false, 7))));

        // When
        RegisteredRequest request = register(ExecutionMode.READER, "value", 60, LONG_MILLIS);
        await().atMost(LinkHarness.LONG).until(() -> link.link.registered().held() == 1);
        int before = runs(request).size();
        link.session().send(new Frame.Authority(10, List.of(new Frame.SiteAuthority(link.siteId(), true, true, 8))));

        // Then it was held, and runs only now
        assertThat(before).isZero();
        awaitRuns(request, 1);
    }
}
