package dev.halo.systemtests.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.launcher.LauncherCommand.Ended;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer types: up, status, query, down, and what happens after a crash. */
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 10)
class LauncherIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private LauncherCommand halo;

    @AfterEach
    void down() {
        if (halo != null) {
            halo.run("down");
        }
    }

    @Test
    void upAnswersAQueryCrashesAreCleanedAndDownLeavesNothing() throws IOException {
        // Given
        Path state = folder.resolve("state");
        halo = LauncherCommand.on(state);
        Ended notRunning = halo.run("status");

        // When it is started for the first time
        Ended up = halo.run("up", "--detach", "--patients", "200");

        // Then it prints rows, and how to repeat that
        assertThat(notRunning.code()).isEqualTo(3);
        assertThat(up.code()).as(up.output()).isZero();
        assertThat(up.output()).contains("PATIENT_ID", "curl ", "/queries/immediate", state.toString());
        Demo first = Demo.read(state.resolve("demo.env"));
        assertThat(pids(first)).hasSize(4).allMatch(LauncherIT::lives);
        assertUsable(first);
        assertCommandsWork();

        // When the launcher dies and is started again
        long launcher = launcher(state);
        ProcessHandle.of(launcher).orElseThrow().destroyForcibly();
        await().atMost(SOON).until(() -> !lives(launcher));
        Ended again = halo.run("up", "--detach", "--patients", "200");

        // Then the same demo is back and nothing of the crashed run is left
        assertThat(again.code()).as(again.output()).isZero();
        Demo second = Demo.read(state.resolve("demo.env"));
        assertThat(pids(first)).noneMatch(LauncherIT::lives);
        assertThat(second.siteId()).isEqualTo(first.siteId());
        assertThat(second.keyA()).isEqualTo(first.keyA());
        assertUsable(second);

        // When it is stopped
        long last = launcher(state);
        Ended down = halo.run("down");

        // Then no process is left
        assertThat(down.code()).as(down.output()).isZero();
        assertThat(pids(second)).noneMatch(LauncherIT::lives);
        assertThat(lives(last)).isFalse();
        assertThat(halo.run("status").code()).isEqualTo(3);
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(state.toString()))
                        .toList())
                .isEmpty();
    }

    private void assertCommandsWork() {
        assertThat(halo.run("status").code()).isZero();
        assertThat(halo.run("up", "--detach").output()).contains("runs already");
        Ended first = halo.run("query", "select count(*) as PATIENTS_HERE from PATIENTS");
        assertThat(first.code()).as(first.output()).isZero();
        assertThat(first.output()).contains("PATIENTS_HERE", "200");
        Ended documents = halo.run("query", "--catalogue", "DOCUMENTS", "select count(*) as PAPERS from DOCUMENTS");
        assertThat(documents.output()).contains("PAPERS");
        Ended wrong = halo.run("query", "select * from NO_SUCH_TABLE");
        assertThat(wrong.code()).isNotZero();
        assertThat(wrong.output()).contains("NO_SUCH_TABLE");
        Ended taken = halo.withState(folder.resolve("other")).run("up");
        assertThat(taken.code()).isNotZero();
        assertThat(taken.output()).contains(halo.port("GATEWAY"), "--gateway-port", halo.port("FIREBIRD"));
    }

    private static void assertUsable(Demo demo) {
        IntegratorClient integrator = new IntegratorClient(demo.gateway(), demo.keyA());
        assertThat(integrator
                        .immediate(demo.siteId(), QueryBody.sql("select count(*) from PATIENTS"))
                        .value()
                        .asInt())
                .isEqualTo(200);
        assertThat(integrator.sites(demo.databaseId2()).json().path("sites")).hasSize(1);
    }

    private static List<Long> pids(Demo demo) {
        return List.of("GATEWAY", "REGISTRY", "ROUTING", "LINK").stream()
                .map(service -> Long.valueOf(demo.value("HALO_" + service + "_PID")))
                .toList();
    }

    private static long launcher(Path state) throws IOException {
        return Long.parseLong(Files.readString(state.resolve("run").resolve("launcher.pid"))
                .strip()
                .split(" ")[0]);
    }

    private static boolean lives(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }
}
