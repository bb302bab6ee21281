-- A practice that disables an integrator and enables it again takes back what was asked before, however soon it was.
alter table async_query add column enabled_since timestamptz(3);
alter table registered_query add column enabled_since timestamptz(3);

comment on column async_query.enabled_since is 'of its integrator when it was asked, by the registry; null where that did not say';
comment on column registered_query.enabled_since is 'of its integrator when it was registered, by the registry; null where that did not say';

comment on column quota_use.settled is 'by slot of the gateway: its run, the number of its last settlement and what that was granted; behind a minus the same of the run before';
