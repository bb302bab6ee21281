-- Async queries: the truth about them, 7 days long. The command is here only until the query has ended.
create table async_query (
    created_at     timestamptz(3) not null,
    query_id       uuid           not null,
    integrator_id  uuid           not null,
    site_id        uuid           not null,
    link_id        uuid           not null,
    max_queue      integer        not null,
    command_size   integer        not null,
    request_size   integer        not null,
    may_write      boolean        not null,
    request        bytea,
    traceparent    text,
    status         text           not null,
    updated_at     timestamptz(3) not null,
    session_id     uuid,
    sent_at        timestamptz(3),
    hold_until     timestamptz(3),
    queued_at      timestamptz(3),
    executing_at   timestamptz(3),
    uploading_at   timestamptz(3),
    completed_at   timestamptz(3),
    sql_millis     bigint,
    result_rows    bigint,
    result_size    bigint,
    result_pages   integer,
    affected       bigint,
    parameters     text,
    error_type     text,
    error_code     integer,
    error_message  text,
    runs           integer        not null default 0,
    cancel_code    integer,
    pages_given    boolean        not null default false,
    pages_removed  boolean        not null default false,
    primary key (created_at, query_id)
) partition by range (created_at);

comment on column async_query.link_id is 'whose events count, and whose pages';
comment on column async_query.request is 'the command as it is sent; null once the query has ended';
comment on column async_query.session_id is 'to which it was sent, or which holds it; null while it waits here';
comment on column async_query.hold_until is 'not sent again before, after it was handed back';
comment on column async_query.runs is 'how often the Link has begun it';
comment on column async_query.cancel_code is 'somebody wants it to end; the code of its failure';
comment on column async_query.pages_given is 'a page was read before the end: it cannot begin anew';

create index async_query_unfinished on async_query (integrator_id, site_id, created_at) where completed_at is null;
create index async_query_of_link on async_query (link_id) where completed_at is null;
create index async_query_with_pages on async_query (integrator_id, site_id) where not pages_removed;

-- Sessions of Links as their opening was heard, so that the journal that a query was sent to is known, and what the Link
-- had. A session is reconciled once all that was said before it has been read.
create table link_session (
    session_id    uuid primary key,
    link_id       uuid        not null,
    journal_id    uuid        not null,
    held          uuid[]      not null,
    read_to       bigint[]    not null,
    opened_at     timestamptz not null,
    reconciled_at timestamptz
);

comment on column link_session.read_to is 'ends of the partitions of halo.results when it was heard';

create index link_session_of_link on link_session (link_id, opened_at);
create index link_session_open on link_session (opened_at) where reconciled_at is null;
