package dev.halo.gateway.view;

import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.SiteRecord;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The authoritative site of each PMS ID. One thread changes it, any thread reads it. */
public final class AuthorityIndex {

    private final Map<PmsKey, AuthorityRecord> byPms = new ConcurrentHashMap<>();
    private final Map<String, PmsKey> keys = new ConcurrentHashMap<>();

    /** Takes over what the view says of a key now. */
    public void changed(String key, Optional<AuthorityRecord> now) {
        if (now.isPresent()) {
            PmsKey pms = new PmsKey(now.get().pmsType(), now.get().pmsId());
            keys.put(key, pms);
            byPms.put(pms, now.get());
        } else {
            PmsKey pms = keys.remove(key);
            if (pms != null) {
                byPms.remove(pms);
            }
        }
    }

    /** The site that answers to a PMS ID; empty where no Link is authoritative. */
    public Optional<UUID> siteOf(PmsKey pms) {
        return Optional.ofNullable(byPms.get(pms)).map(AuthorityRecord::siteId);
    }

    public boolean isAuthoritative(SiteRecord site) {
        AuthorityRecord authority = byPms.get(new PmsKey(site.pmsType(), site.pmsId()));
        return authority != null && site.siteId().equals(authority.siteId());
    }
}
