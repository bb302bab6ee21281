package dev.halo.registry.audit;

/** What an audit entry says was done. The names are stored and must not change. */
public enum AuditAction {
    ENROLMENT_TOKEN_ISSUED,
    ENROLMENT_TOKEN_REVOKED,
    LINK_ENROLLED,
    LINK_SUSPENDED,
    LINK_REACTIVATED,
    LINK_ENTITLED,
    SITE_ANNOUNCED,
    SITE_STATUS_CHANGED,
    SITE_NO_LONGER_ANNOUNCED,
    AUTHORITY_ASSIGNED,
    INTEGRATOR_CREATED,
    INTEGRATOR_CHANGED,
    KEY_ISSUED,
    KEY_REVOKED,
    PAIRED,
    ENABLED,
    DISABLED,
    REPUBLISH_REQUESTED
}
