create table ZEDMED_SYSTEM (
  SETTING_KEY varchar(40) not null primary key,
  SETTING_VALUE varchar(255)
);

create table CLINICS (
  CLINIC_ID integer not null primary key,
  NAME varchar(80) not null,
  SUBURB varchar(60),
  PHONE varchar(20)
);

create table DOCTORS (
  DOCTOR_ID integer not null primary key,
  FULL_NAME varchar(100) not null,
  PROVIDER_NO char(8) not null,
  SPECIALTY varchar(60),
  CLINIC_ID integer not null references CLINICS,
  ACTIVE boolean default true not null
);

create table PATIENTS (
  PATIENT_ID integer not null primary key,
  FILE_NO varchar(12) not null unique,
  TITLE char(4),
  FIRST_NAME varchar(40) not null,
  FAMILY_NAME varchar(60) not null,
  DATE_OF_BIRTH date,
  SEX char(1),
  PHONE_MOBILE varchar(20),
  EMAIL varchar(120),
  ADDRESS varchar(120),
  SUBURB varchar(60),
  STATE char(3),
  POSTCODE char(4),
  MEDICARE_NO varchar(12),
  DOCTOR_ID integer references DOCTORS,
  BALANCE numeric(12, 2) default 0 not null,
  HEIGHT_M double precision,
  ACTIVE boolean default true not null,
  CREATED_AT timestamp not null
);

create table APPOINTMENTS (
  APPOINTMENT_ID bigint not null primary key,
  PATIENT_ID integer not null references PATIENTS,
  DOCTOR_ID integer not null references DOCTORS,
  CLINIC_ID integer not null references CLINICS,
  STARTS_ON date not null,
  STARTS_AT time not null,
  DURATION_MINUTES smallint default 15 not null,
  STATUS varchar(12) default 'BOOKED' not null,
  REASON varchar(120),
  CREATED_AT timestamp default current_timestamp not null,
  constraint APPOINTMENT_STATUS check (STATUS in ('BOOKED', 'ARRIVED', 'SEEN', 'CANCELLED'))
);

create table INVOICES (
  INVOICE_ID bigint not null primary key,
  PATIENT_ID integer not null references PATIENTS,
  APPOINTMENT_ID bigint references APPOINTMENTS,
  ISSUED_ON date not null,
  ITEM_NO varchar(8) not null,
  AMOUNT decimal(10, 2) not null,
  GST numeric(9, 2) not null,
  PAID boolean not null
);

create table CLINICAL_NOTES (
  NOTE_ID bigint not null primary key,
  PATIENT_ID integer not null references PATIENTS,
  WRITTEN_AT timestamp not null,
  AUTHOR varchar(100) not null,
  BODY blob sub_type text
);

create table SECRET_NOTES (
  NOTE_ID integer not null primary key,
  PATIENT_ID integer not null references PATIENTS,
  BODY varchar(2000)
);

create table DEVICE_READINGS (
  READING_ID integer not null primary key,
  PATIENT_ID integer references PATIENTS,
  DEVICE char(10) character set ascii,
  SERIAL_NO char(8) character set octets,
  CHANNEL smallint,
  SAMPLES bigint,
  QUANTITY numeric(18, 4),
  RATIO float,
  MEAN double precision,
  TAKEN_ON date,
  TAKEN_AT time,
  RECORDED_AT timestamp,
  CONFIRMED boolean,
  REMARK varchar(80) character set utf8,
  TRACE blob sub_type binary,
  REPORT blob sub_type text
);

create sequence SEQ_APPOINTMENT;

create table DEMO_WORDS (
  KIND varchar(10) not null,
  POSITION_NO integer not null,
  WORD varchar(120) not null,
  primary key (KIND, POSITION_NO)
);

set term ^ ;

create trigger APPOINTMENT_NUMBER for APPOINTMENTS active before insert as
begin
  if (new.APPOINTMENT_ID is null) then new.APPOINTMENT_ID = next value for SEQ_APPOINTMENT;
end^

create procedure P_PATIENT_SEARCH (NAME_PREFIX varchar(40))
returns (PATIENT_ID integer, FULL_NAME varchar(101), DATE_OF_BIRTH date)
as
begin
  for select p.PATIENT_ID, p.FIRST_NAME || ' ' || p.FAMILY_NAME, p.DATE_OF_BIRTH
      from PATIENTS p
      where upper(p.FAMILY_NAME) starting with upper(:NAME_PREFIX)
      order by p.FAMILY_NAME, p.FIRST_NAME, p.PATIENT_ID
      into :PATIENT_ID, :FULL_NAME, :DATE_OF_BIRTH
  do suspend;
end^

create procedure P_BOOK_APPOINTMENT (
  PATIENT_ID integer,
  DOCTOR_ID integer,
  STARTS_ON date,
  STARTS_AT time,
  DURATION_MINUTES smallint = 15,
  REASON varchar(120) = null)
returns (APPOINTMENT_ID bigint)
as
  declare CLINIC integer;
begin
  select d.CLINIC_ID from DOCTORS d where d.DOCTOR_ID = :DOCTOR_ID into :CLINIC;
  insert into APPOINTMENTS (PATIENT_ID, DOCTOR_ID, CLINIC_ID, STARTS_ON, STARTS_AT, DURATION_MINUTES, REASON)
    values (:PATIENT_ID, :DOCTOR_ID, :CLINIC, :STARTS_ON, :STARTS_AT, :DURATION_MINUTES, :REASON)
    returning APPOINTMENT_ID into :APPOINTMENT_ID;
end^

set term ; ^

create index APPOINTMENT_DAY on APPOINTMENTS (STARTS_ON);
create index PATIENT_NAME on PATIENTS (FAMILY_NAME, FIRST_NAME);

create role HALO_INTEGRATOR;
grant select on CLINICS to role HALO_INTEGRATOR;
grant select on DOCTORS to role HALO_INTEGRATOR;
grant select on PATIENTS to role HALO_INTEGRATOR;
grant select, insert, update on APPOINTMENTS to role HALO_INTEGRATOR;
grant select on INVOICES to role HALO_INTEGRATOR;
grant select on CLINICAL_NOTES to role HALO_INTEGRATOR;
grant select on DEVICE_READINGS to role HALO_INTEGRATOR;
grant execute on procedure P_PATIENT_SEARCH to role HALO_INTEGRATOR;
grant execute on procedure P_BOOK_APPOINTMENT to role HALO_INTEGRATOR;

grant select on PATIENTS to procedure P_PATIENT_SEARCH;
grant select on DOCTORS to procedure P_BOOK_APPOINTMENT;
grant select, insert on APPOINTMENTS to procedure P_BOOK_APPOINTMENT;
grant usage on sequence SEQ_APPOINTMENT to trigger APPOINTMENT_NUMBER;

grant select on ZEDMED_SYSTEM to user ${DISCOVERY};
