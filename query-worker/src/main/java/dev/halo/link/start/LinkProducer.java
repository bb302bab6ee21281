package dev.halo.link.start;

import dev.halo.link.audit.AuditConfig;
import dev.halo.link.config.LinkConfig;
import dev.halo.link.config.ZedmedConfig;
import dev.halo.link.query.QueryConfig;
import dev.halo.link.queue.QueueConfig;
import dev.halo.link.registered.RegisteredConfig;
import dev.halo.link.session.SessionConfig;
import dev.halo.link.upload.UploadConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Gathers what the Link is made of. */
@Singleton
class LinkProducer {

    @Produces
    @Singleton
    LinkConfigs configs(
            LinkConfig link,
            ZedmedConfig zedmed,
            QueueConfig queue,
            QueryConfig query,
            UploadConfig upload,
            RegisteredConfig registered,
            SessionConfig session,
            AuditConfig audit) {
        return new LinkConfigs(link, zedmed, queue, query, upload, registered, session, audit);
    }
}
