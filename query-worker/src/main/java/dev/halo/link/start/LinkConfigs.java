package dev.halo.link.start;

import dev.halo.link.audit.AuditConfig;
import dev.halo.link.config.LinkConfig;
import dev.halo.link.config.ZedmedConfig;
import dev.halo.link.query.QueryConfig;
import dev.halo.link.queue.QueueConfig;
import dev.halo.link.session.SessionConfig;

/** The Link's configuration by concern. */
public record LinkConfigs(
        LinkConfig link,
        ZedmedConfig zedmed,
        QueueConfig queue,
        QueryConfig query,
        SessionConfig session,
        AuditConfig audit) {}
