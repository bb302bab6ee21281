-- Registered queries: what is to run at the Links. The command is here only until the registration has ended.
create table registered_query (
    query_id              uuid           primary key,
    integrator_id         uuid           not null,
    site_id               uuid           not null,
    link_id               uuid           not null,
    name                  text           not null,
    status                text           not null
        check (status in ('enabled', 'cancelled', 'completed', 'initialisationFailedCacheError')),
    frequency_seconds     integer        not null,
    duration_seconds      integer        not null,
    command               bytea,
    catalogue             text,
    request_size          integer        not null,
    created_at            timestamptz(3) not null,
    ends_at               timestamptz(3) not null,
    grid_at               timestamptz(3),
    sent_session          uuid,
    sent_at               timestamptz(3),
    confirmed_session     uuid,
    ended_at              timestamptz(3),
    last_number           bigint         not null default 0,
    last_hash             text,
    result_number         bigint,
    last_succeeded_at     timestamptz(3),
    last_failed_at        timestamptz(3),
    last_execution_millis bigint,
    succeeded             bigint         not null default 0,
    failed                bigint         not null default 0,
    result_size_sum       bigint         not null default 0,
    error_type            text,
    error_code            integer,
    error_message         text
);

comment on column registered_query.link_id is 'whose confirmations, runs and results count';
comment on column registered_query.grid_at is 'from which the runs are counted: when it was first sent';
comment on column registered_query.sent_session is 'to which it was sent last';
comment on column registered_query.confirmed_session is 'in which the Link has said that it holds it';
comment on column registered_query.result_number is 'of the run whose result is shown';

create index registered_query_of_integrator on registered_query (integrator_id, site_id, created_at desc);
create index registered_query_enabled on registered_query (link_id) where status = 'enabled';
create index registered_query_ended on registered_query (ended_at) where status <> 'enabled';

-- The result that is shown of each, and those of runs that are not reported yet.
create table registered_result (
    query_id   uuid        not null references registered_query on delete cascade,
    number     bigint      not null,
    row_count  bigint      not null,
    json_size  bigint      not null,
    sha256     text        not null,
    parameters text,
    stored_at  timestamptz not null default now(),
    body       bytea       not null,
    primary key (query_id, number)
);

-- The body is compressed already.
alter table registered_result alter column body set storage external;

comment on column registered_result.sha256 is 'of the compressed body, lower-case hex';
