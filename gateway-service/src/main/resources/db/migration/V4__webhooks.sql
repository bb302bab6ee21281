-- Webhooks that are to be sent, or could not be. What was delivered is gone.
create table webhook_delivery (
    webhook_id        uuid           primary key,
    integrator_id     uuid           not null,
    site_id           uuid           not null,
    query_id          uuid           not null,
    source            text           not null check (source in ('ASYNC', 'REGISTERED')),
    occurred_at       timestamptz(3) not null,
    status            text           not null check (status in ('waiting', 'undelivered')),
    next_at           timestamptz    not null,
    lease             uuid,
    attempts          integer        not null default 0,
    first_attempt_at  timestamptz,
    last_pause_millis bigint         not null default 0,
    last_status       integer,
    last_reason       text,
    finished_at       timestamptz
);

comment on column webhook_delivery.next_at is 'when it is due; while a gateway has it, when its lease ends';
comment on column webhook_delivery.attempts is 'that were begun; what became of one may be unknown';

create index webhook_delivery_waiting on webhook_delivery (integrator_id, next_at) where status = 'waiting';
create index webhook_delivery_undelivered on webhook_delivery (finished_at desc, webhook_id) where status = 'undelivered';
