-- What has been used of daily quotas, by all gateways together.
create table quota_use (
    integrator_id uuid    not null,
    pms_type      text    not null,
    pms_id        text    not null,
    day           date    not null,
    taken         bigint  not null default 0,
    used          bigint  not null default 0,
    bytes         bigint  not null default 0,
    last_grant    bigint  not null default 0,
    primary key (integrator_id, day, pms_type, pms_id)
);

comment on column quota_use.taken is 'queries that gateways have, whether or not they have used them; the quota bounds it';
comment on column quota_use.used is 'of these the ones that were used, as the gateways have said so far';
comment on column quota_use.last_grant is 'what the statement that changed the row last was granted, for itself to read';

create index quota_use_by_day on quota_use (day);
