-- The authoritative site of a PMS ID is one of that PMS ID, and there is none without a Link. Together with the one row
-- per PMS ID this is why no PMS ID can have two authoritative sites.
alter table site add constraint site_identity unique (site_id, link_id, pms_type, pms_id);
alter table authority
    add constraint authority_site_of_pms_id
        foreign key (site_id, link_id, pms_type, pms_id) references site (site_id, link_id, pms_type, pms_id),
    add constraint authority_link_and_site check ((link_id is null) = (site_id is null));

-- What is gone is authoritative for nothing. Checked at the commit, since the two rows change one after the other. The
-- site's row is locked by both: by the change of the site itself, and here for a change of authority, which so waits for
-- a transaction that is about to end the site and then sees what it made of it.
create function authority_not_of_gone_site() returns trigger language plpgsql as $$
declare
    status_now varchar;
begin
    select s.status into status_now from registry.site s where s.site_id = new.site_id for share;
    if status_now in ('REMOVED', 'UNINSTALLED')
        and exists (select 1 from registry.authority a where a.site_id = new.site_id) then
        raise exception 'a site that is gone is authoritative' using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create constraint trigger authority_not_of_gone_site after insert or update on authority
    deferrable initially deferred for each row execute function authority_not_of_gone_site();
create constraint trigger authority_not_of_gone_site after update of status on site
    deferrable initially deferred for each row execute function authority_not_of_gone_site();

-- A switch by an operator: one row, and one of authority_change for each PMS ID that moved.
create table authority_switch (
    switch_id    uuid primary key,
    from_link_id uuid references link,
    to_link_id   uuid not null references link,
    reason       varchar(500) not null,
    switched_by  varchar(255) not null,
    switched_at  timestamptz not null
);

-- Every change of authority, whoever made it.
create table authority_change (
    change_id    uuid primary key,
    position     bigint generated always as identity unique,
    at           timestamptz not null,
    actor_kind   varchar(16) not null,
    actor        varchar(255) not null,
    cause        varchar(16) not null,
    reason       varchar(500),
    switch_id    uuid references authority_switch,
    pms_type     varchar(16) not null,
    pms_id       varchar(64) not null,
    from_link_id uuid,
    from_site_id uuid,
    to_link_id   uuid,
    to_site_id   uuid,
    version      bigint not null,
    -- Each version of a PMS ID's authority was written by one change.
    unique (pms_type, pms_id, version)
);
create index authority_change_by_switch on authority_change (switch_id);
create index authority_change_by_from on authority_change (from_link_id, position);
create index authority_change_by_to on authority_change (to_link_id, position);

create index audit_entry_by_actor on audit_entry (actor, audit_id);
create index audit_entry_by_action on audit_entry (action, audit_id);
create index audit_entry_by_time on audit_entry (at);
create index site_by_practice_name on site (lower(practice_name));
