-- Records of immediate queries, written behind their answers. Never SQL, parameters or rows.
create table immediate_query (
    created_at    timestamptz(3) not null,
    query_id      uuid           not null,
    integrator_id uuid           not null,
    site_id       uuid           not null,
    http_status   smallint       not null,
    completed_at  timestamptz(3) not null,
    document      text           not null,
    primary key (created_at, query_id)
) partition by range (created_at);

comment on column immediate_query.document is 'the query object as the integrator sees it, without rows and output values';

-- Results and pages that Links upload, compressed. Partitioned by the hour of the query's creation, so that whatever
-- nobody fetched goes with its partition.
create table result_page (
    created_hour timestamptz not null,
    query_id     uuid        not null,
    link_id      uuid        not null,
    page_number  integer     not null,
    row_count    bigint      not null,
    first_row    bigint      not null,
    json_size    bigint      not null,
    sha256       text        not null,
    stored_at    timestamptz not null default now(),
    body         bytea       not null,
    primary key (created_hour, query_id, link_id, page_number)
) partition by range (created_hour);

-- The body is compressed already.
alter table result_page alter column body set storage external;

comment on column result_page.link_id is 'who uploaded it; only a page of the Link that was asked is ever read';
comment on column result_page.sha256 is 'of the compressed body, lower-case hex';
