-- A settlement whose answer did not come is said again, and must not count twice.
alter table quota_use add column settled jsonb not null default '{}';

comment on column quota_use.settled is 'by slot of the gateway: its run, the number of its last settlement and what that was granted';
