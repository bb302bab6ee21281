-- Keys of requests that may be sent again.
create table idempotency_key (
    integrator_id uuid        not null,
    site_id       uuid        not null,
    key           text        not null,
    fingerprint   text        not null,
    query_id      uuid        not null,
    state         text        not null check (state in ('BEGUN', 'ANSWERED', 'NOT_KEPT')),
    http_status   integer,
    answer        text,
    created_at    timestamptz not null,
    primary key (integrator_id, site_id, key)
);

comment on column idempotency_key.answer is 'of an immediate query that gave no rows and no output values';

create index idempotency_key_by_age on idempotency_key (created_at);
