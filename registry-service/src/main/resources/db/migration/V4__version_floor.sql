-- After a restore from a backup the topics hold higher versions than this database. What is written for the first time
-- then, such as a site that was announced after the backup was made, begins above this one.
alter table deployment add column version_floor bigint not null default 0;
