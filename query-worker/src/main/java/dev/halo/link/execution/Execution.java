package dev.halo.link.execution;

import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.protocol.query.Command;
import java.util.Objects;

/** One attempt to run a command on a database as an integrator's user. */
public record Execution(SiteDatabase database, IntegratorLogin login, Command command, ExecutionLimits limits) {

    public Execution {
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(login, "login");
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(limits, "limits");
    }
}
