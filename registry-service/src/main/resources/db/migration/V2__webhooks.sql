-- Where an integrator is notified; all of it null where it is not. The secret is sealed with the key at rest.
alter table integrator
    add column webhook_url            varchar(2048),
    add column webhook_async_url      varchar(2048),
    add column webhook_registered_url varchar(2048),
    add column webhook_sealed_secret  varchar(500),
    add constraint webhook_has_secret check ((webhook_url is null) = (webhook_sealed_secret is null));
