-- Who asked what kind of query of which site, and how it ended; and whatever was refused. Never SQL, parameters or rows.
create table query_audit (
    at              timestamptz(3) not null,
    entry_id        uuid           not null,
    event           text           not null,
    integrator_id   uuid,
    credential      text,
    address         text,
    method          text,
    site_id         uuid,
    query_id        uuid,
    http_status     smallint,
    outcome         text           not null,
    row_count       bigint,
    byte_count      bigint,
    duration_millis bigint         not null,
    sql_sha256      text,
    primary key (at, entry_id)
) partition by range (at);

comment on column query_audit.event is 'immediate, async, registered: a query was asked; asyncEnd, registeredRun: what came of one; result: rows were fetched; request: anything else that was refused';
comment on column query_audit.credential is 'where nobody was recognised: what was shown, as its prefix and a fingerprint';
comment on column query_audit.byte_count is 'of the rows as JSON';
comment on column query_audit.sql_sha256 is 'of the statement''s text in UTF-8, lower-case hex';

create index query_audit_by_integrator on query_audit (integrator_id, at desc, entry_id desc);
create index query_audit_by_site on query_audit (site_id, at desc, entry_id desc);
