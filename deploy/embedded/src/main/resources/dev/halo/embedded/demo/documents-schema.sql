create table DOCUMENT_TYPES (
  TYPE_ID integer not null primary key,
  NAME varchar(60) not null
);

create table DOCUMENTS (
  DOCUMENT_ID integer not null primary key,
  PATIENT_ID integer not null,
  TYPE_ID integer not null references DOCUMENT_TYPES,
  TITLE varchar(120) not null,
  MIME_TYPE varchar(60) not null,
  CREATED_AT timestamp not null,
  SIZE_BYTES integer not null,
  SUMMARY blob sub_type text,
  CONTENT blob sub_type binary
);

create index DOCUMENT_PATIENT on DOCUMENTS (PATIENT_ID);

create role HALO_INTEGRATOR;
grant select on DOCUMENT_TYPES to role HALO_INTEGRATOR;
grant select on DOCUMENTS to role HALO_INTEGRATOR;
