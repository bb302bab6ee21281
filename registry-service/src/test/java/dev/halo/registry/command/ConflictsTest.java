package dev.halo.registry.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.Test;

class ConflictsTest {

    @Test
    void aCollisionIsTriedAgain() {
        assertThat(Conflicts.isTransient(new PgException("deadlock", "ERROR", "40P01", "")))
                .isTrue();
        assertThat(Conflicts.isTransient(new CompletionException(
                        new ConstraintViolationException("x", new SQLException("x", "23505"), "k"))))
                .isTrue();
    }

    @Test
    void anythingElseIsNot() {
        assertThat(Conflicts.isTransient(new PgException("check", "ERROR", "23514", "")))
                .isFalse();
        assertThat(Conflicts.isTransient(new IllegalStateException("x"))).isFalse();
    }
}
