-- Who is enrolled, what they announced, and who may query it. Constraints, not code, keep the rules that must never break.

-- The environment that this database belongs to; a deployment of the other one refuses to start on it.
create table deployment (
    only_row    boolean primary key default true check (only_row),
    environment varchar(16) not null check (environment in ('STAGE', 'PRODUCTION'))
);

create table enrolment_token (
    token_id     uuid primary key,
    token_sha256 varchar(64) not null unique,
    environment  varchar(16) not null check (environment in ('STAGE', 'PRODUCTION')),
    any_pms_id   boolean not null check (not any_pms_id or environment = 'STAGE'),
    comment      varchar(500),
    created_by   varchar(255) not null,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    used_at      timestamptz,
    used_by_link uuid,
    revoked_at   timestamptz,
    check ((used_at is null) = (used_by_link is null))
);

create table enrolment_token_pms_id (
    token_id uuid not null references enrolment_token,
    pms_type varchar(16) not null,
    pms_id   varchar(64) not null,
    primary key (token_id, pms_type, pms_id)
);

-- The row of a Link is the lock of all that belongs to it: whoever changes its sites or enablements locks it first.
create table link (
    link_id            uuid primary key,
    status             varchar(16) not null check (status in ('ACTIVE', 'SUSPENDED', 'REMOVED')),
    status_reason      varchar(500),
    any_pms_id         boolean not null,
    secret_sha256      varchar(64) not null unique,
    next_secret_sha256 varchar(64) unique,
    host_name          varchar(255),
    link_version       varchar(64),
    enrolled_with      uuid not null unique references enrolment_token,
    enrolled_at        timestamptz not null,
    token_issued_at    timestamptz not null,
    announced_at       timestamptz,
    version            bigint not null
);

create table retired_secret (
    secret_sha256 varchar(64) primary key,
    link_id       uuid not null references link,
    retired_at    timestamptz not null
);
create index retired_secret_by_age on retired_secret (retired_at);

create table entitlement (
    link_id    uuid not null references link,
    pms_type   varchar(16) not null,
    pms_id     varchar(64) not null,
    granted_by varchar(255) not null,
    granted_at timestamptz not null,
    primary key (link_id, pms_type, pms_id)
);

create table site (
    site_id      uuid primary key,
    link_id      uuid not null references link,
    pms_type     varchar(16) not null,
    pms_id       varchar(64) not null,
    practice_name varchar(255),
    pms_version  varchar(64),
    link_version varchar(64),
    catalogues   text not null,
    licence_kind varchar(16) not null check (licence_kind in ('STANDARD', 'DEVELOPER', 'UNKNOWN')),
    status       varchar(16) not null check (status in ('INITIALISING', 'ACTIVE', 'REMOVED', 'UNINSTALLED')),
    problem      varchar(500),
    announced    boolean not null,
    created_at   timestamptz not null,
    activated_at timestamptz,
    enriched_at  timestamptz not null,
    version      bigint not null,
    unique (site_id, link_id),
    check (status <> 'ACTIVE' or activated_at is not null)
);
create index site_by_link on site (link_id);
create index site_by_pms_id on site (pms_type, pms_id);
-- Two databases of one Link with the same Database ID: one of them is served.
create unique index site_served_once on site (link_id, pms_type, pms_id) where status = 'ACTIVE';
-- A fake Database ID names one database.
create unique index site_fake_id on site (pms_type, pms_id)
    where licence_kind = 'DEVELOPER' and status in ('INITIALISING', 'ACTIVE');

-- A Halo GUID belongs to the Link that first announced it, for ever; so do its PMS type and PMS ID.
create function site_keeps_its_identity() returns trigger language plpgsql as $$
begin
    if (new.link_id, new.pms_type, new.pms_id) is distinct from (old.link_id, old.pms_type, old.pms_id) then
        raise exception 'a site keeps its Link and its PMS ID' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger site_keeps_its_identity before update on site
    for each row execute function site_keeps_its_identity();

-- One row per PMS ID: two authoritative Links cannot be written down.
create table authority (
    pms_type varchar(16) not null,
    pms_id   varchar(64) not null,
    link_id  uuid references link,
    site_id  uuid,
    since    timestamptz not null,
    version  bigint not null,
    primary key (pms_type, pms_id),
    foreign key (site_id, link_id) references site (site_id, link_id),
    check (link_id is not null or site_id is null)
);
create index authority_by_link on authority (link_id);

create table integrator (
    integrator_id     uuid primary key,
    name              varchar(200) not null,
    active            boolean not null,
    allowed_addresses text not null,
    tier              varchar(64),
    created_at        timestamptz not null,
    version           bigint not null
);
create unique index integrator_by_name on integrator (lower(name));

create table subscription_key (
    key_sha256    varchar(64) primary key,
    integrator_id uuid not null references integrator,
    slot          varchar(16) not null check (slot in ('PRIMARY', 'SECONDARY')),
    issued_at     timestamptz not null,
    revoked_at    timestamptz
);
-- Two slots, one active key in each: at most two active keys.
create unique index subscription_key_active on subscription_key (integrator_id, slot) where revoked_at is null;
create index subscription_key_by_integrator on subscription_key (integrator_id, issued_at);

create table pairing (
    integrator_id uuid not null references integrator,
    site_id       uuid not null references site,
    active        boolean not null,
    created_at    timestamptz not null,
    version       bigint not null,
    primary key (integrator_id, site_id)
);
create index pairing_by_site on pairing (site_id);

-- As reported by the Link: a practice may enable an integrator before an operator creates it here.
create table enablement (
    site_id       uuid not null references site,
    integrator_id uuid not null,
    active        boolean not null,
    changed_at    timestamptz not null,
    version       bigint not null,
    primary key (site_id, integrator_id)
);

create table audit_entry (
    audit_id     bigint generated always as identity primary key,
    at           timestamptz not null,
    actor_kind   varchar(16) not null,
    actor        varchar(255) not null,
    action       varchar(64) not null,
    subject_kind varchar(32) not null,
    subject_id   varchar(300) not null,
    reason       varchar(1000),
    detail       text,
    command_id   uuid not null
);
create index audit_entry_by_subject on audit_entry (subject_kind, subject_id, audit_id);

-- What is still to be published. Rows of one command have its id; they appear together and leave together.
create table outbox (
    outbox_id    bigint generated always as identity primary key,
    command_id   uuid not null,
    topic        varchar(32) not null,
    record_key   varchar(300) not null,
    record_value text not null,
    created_at   timestamptz not null default now()
);
create index outbox_by_command on outbox (command_id);

create function outbox_wake_relay() returns trigger language plpgsql as $$
begin
    perform pg_notify('halo_registry_outbox', '');
    return null;
end $$;
create trigger outbox_wake_relay after insert on outbox
    for each statement execute function outbox_wake_relay();

-- The topics as they were when everything was last published to them; another id means another, empty topic.
create table published_topic (
    topic        varchar(32) primary key,
    topic_id     varchar(64) not null,
    published_at timestamptz not null
);
