set term ^ ;

execute block as
  declare N integer = 0;
  declare R bigint = ${SEED};
  declare FIRST_COUNT integer;
  declare FAMILY_COUNT integer;
  declare FIRST_NAME varchar(120);
  declare FAMILY_NAME varchar(120);
begin
  insert into CLINICS values (1, 'Main Clinic', 'Fernbrook', '03 5550 0101');
  insert into CLINICS values (2, 'Harbour Clinic', 'Port Alder', '03 5550 0102');
  insert into CLINICS values (3, 'Outreach', 'Gumtree Flat', null);
  select count(*) from DEMO_WORDS where KIND = 'FIRST' into :FIRST_COUNT;
  select count(*) from DEMO_WORDS where KIND = 'FAMILY' into :FAMILY_COUNT;
  while (N < 12) do
  begin
    N = N + 1;
    R = mod(R * 48271, 2147483647);
    select WORD from DEMO_WORDS where KIND = 'FIRST' and POSITION_NO = mod(:R, :FIRST_COUNT) into :FIRST_NAME;
    R = mod(R * 48271, 2147483647);
    select WORD from DEMO_WORDS where KIND = 'FAMILY' and POSITION_NO = mod(:R, :FAMILY_COUNT) into :FAMILY_NAME;
    insert into DOCTORS values (
      :N, 'Dr ' || :FIRST_NAME || ' ' || :FAMILY_NAME, '24' || lpad(:N, 5, '0') || 'X',
      decode(mod(:N, 4), 0, 'Paediatrics', 1, 'General practice', 2, 'General practice', 'Dermatology'),
      mod(:N, 3) + 1, :N < 12);
  end
end^

execute block as
  declare N integer = 0;
  declare A integer;
  declare VISITS integer;
  declare APPOINTMENT bigint = 0;
  declare INVOICE bigint = 0;
  declare NOTE bigint = 0;
  declare R bigint = ${SEED};
  declare C_FIRST integer;
  declare C_FAMILY integer;
  declare C_STREET integer;
  declare C_SUBURB integer;
  declare C_REASON integer;
  declare C_FINDING integer;
  declare FIRST_NAME varchar(120);
  declare FAMILY_NAME varchar(120);
  declare STREET varchar(120);
  declare SUBURB varchar(120);
  declare REASON varchar(120);
  declare FINDING_1 varchar(120);
  declare FINDING_2 varchar(120);
  declare DAY_OF date;
  declare TIME_OF time;
  declare AMOUNT numeric(10, 2);
  declare MARK integer;
begin
  select count(*) from DEMO_WORDS where KIND = 'FIRST' into :C_FIRST;
  select count(*) from DEMO_WORDS where KIND = 'FAMILY' into :C_FAMILY;
  select count(*) from DEMO_WORDS where KIND = 'STREET' into :C_STREET;
  select count(*) from DEMO_WORDS where KIND = 'SUBURB' into :C_SUBURB;
  select count(*) from DEMO_WORDS where KIND = 'REASON' into :C_REASON;
  select count(*) from DEMO_WORDS where KIND = 'FINDING' into :C_FINDING;
  while (N < ${PATIENTS}) do
  begin
    N = N + 1;
    R = mod(R * 48271, 2147483647);
    select WORD from DEMO_WORDS where KIND = 'FIRST' and POSITION_NO = mod(:R, :C_FIRST) into :FIRST_NAME;
    R = mod(R * 48271, 2147483647);
    select WORD from DEMO_WORDS where KIND = 'FAMILY' and POSITION_NO = mod(:R, :C_FAMILY) into :FAMILY_NAME;
    R = mod(R * 48271, 2147483647);
    select WORD from DEMO_WORDS where KIND = 'STREET' and POSITION_NO = mod(:R, :C_STREET) into :STREET;
    R = mod(R * 48271, 2147483647);
    select WORD from DEMO_WORDS where KIND = 'SUBURB' and POSITION_NO = mod(:R, :C_SUBURB) into :SUBURB;
    MARK = position('|' in SUBURB);
    R = mod(R * 48271, 2147483647);
    insert into PATIENTS values (
      :N, 'F' || lpad(:N, 7, '0'),
      decode(mod(:R, 5), 0, 'Mr', 1, 'Ms', 2, 'Mrs', 3, 'Dr', null),
      :FIRST_NAME, :FAMILY_NAME,
      iif(mod(:N, 97) = 0, null, dateadd(mod(:R, 32000) day to date '1935-01-01')),
      decode(mod(:R, 3), 0, 'M', 1, 'F', 'X'),
      '0491 570 ' || lpad(mod(:R, 1000), 3, '0'),
      iif(mod(:N, 4) = 0, null, 'patient' || :N || '@example.invalid'),
      (1 + mod(:R, 240)) || ' ' || :STREET,
      substring(:SUBURB from 1 for :MARK - 1),
      substring(:SUBURB from :MARK + 1 for char_length(:SUBURB) - :MARK - 5),
      right(:SUBURB, 4),
      iif(mod(:N, 11) = 0, null, '9' || lpad(mod(:R, 1000000000), 9, '0')),
      1 + mod(:R, 12),
      cast(mod(:R, 30000) - 5000 as numeric(12, 2)) / 100,
      iif(mod(:N, 5) = 0, null, 1.4 + mod(:R, 60) / 100e0),
      mod(:N, 20) <> 0,
      dateadd(mod(:R, 100000) minute to timestamp '2024-01-01 08:00:00'));
    VISITS = 1 + mod(R, 5);
    A = 0;
    while (A < VISITS) do
    begin
      A = A + 1;
      APPOINTMENT = APPOINTMENT + 1;
      R = mod(R * 48271, 2147483647);
      select WORD from DEMO_WORDS where KIND = 'REASON' and POSITION_NO = mod(:R, :C_REASON) into :REASON;
      DAY_OF = dateadd(mod(R, 900) day to date '2024-06-01');
      TIME_OF = dateadd(15 * mod(R, 36) minute to time '08:00:00');
      insert into APPOINTMENTS values (
        :APPOINTMENT, :N, 1 + mod(:R, 12), 1 + mod(1 + mod(:R, 12), 3), :DAY_OF, :TIME_OF, 15 * (1 + mod(:R, 3)),
        decode(mod(:R, 6), 0, 'BOOKED', 1, 'ARRIVED', 2, 'CANCELLED', 'SEEN'), :REASON,
        dateadd(-(1 + mod(:R, 40)) day to cast(:DAY_OF as timestamp)));
      if (mod(R, 6) > 2) then
      begin
        INVOICE = INVOICE + 1;
        AMOUNT = cast(3900 + 5 * mod(R, 4000) as numeric(10, 2)) / 100;
        insert into INVOICES values (
          :INVOICE, :N, :APPOINTMENT, :DAY_OF, decode(mod(:R, 4), 0, '23', 1, '36', 2, '44', '10997'),
          :AMOUNT, iif(mod(:R, 7) = 0, :AMOUNT / 10, 0), mod(:R, 10) <> 0);
      end
    end
    if (mod(N, 2) = 0) then
    begin
      NOTE = NOTE + 1;
      R = mod(R * 48271, 2147483647);
      select WORD from DEMO_WORDS where KIND = 'FINDING' and POSITION_NO = mod(:R, :C_FINDING) into :FINDING_1;
      select WORD from DEMO_WORDS where KIND = 'FINDING' and POSITION_NO = mod(:R + 5, :C_FINDING) into :FINDING_2;
      insert into CLINICAL_NOTES values (
        :NOTE, :N, dateadd(mod(:R, 1000000) minute to timestamp '2024-06-01 08:00:00'),
        'Doctor ' || (1 + mod(:R, 12)),
        :FIRST_NAME || ' ' || :FAMILY_NAME || ': ' || :FINDING_1 || ascii_char(10) || :FINDING_2);
    end
    if (mod(N, 50) = 0) then
      insert into SECRET_NOTES values (:N, :N, 'Not for integrators: ' || :FAMILY_NAME);
  end
  execute statement 'alter sequence SEQ_APPOINTMENT restart with ' || (APPOINTMENT + 1000);
end^

execute block as
  declare N integer = 0;
  declare R bigint = ${SEED};
begin
  while (N < 40) do
  begin
    N = N + 1;
    R = mod(R * 48271, 2147483647);
    insert into DEVICE_READINGS values (
      :N, mod(:N, ${PATIENTS}) + 1, decode(mod(:N, 3), 0, 'SPIRO', 1, 'ECG', 'OXIMETER'),
      hash(:N * 7919) || '', mod(:R, 30000) - 15000, :R * 4000000000, cast(:R as numeric(18, 4)) / 7,
      :R / 1e9, :R / 3e0, dateadd(mod(:R, 900) day to date '2024-06-01'),
      dateadd(mod(:R, 86400000) millisecond to time '00:00:00'),
      dateadd(mod(:R, 86400000) millisecond to timestamp '2024-06-01 00:00:00'),
      mod(:N, 3) = 0, 'reading ' || :N, rpad(x'00FF10', 48, ascii_char(mod(:N, 256))),
      'Reading ' || :N || ', unremarkable.');
  end
  insert into DEVICE_READINGS (READING_ID) values (0);
end^

set term ; ^

drop table DEMO_WORDS;
set statistics index APPOINTMENT_DAY;
set statistics index PATIENT_NAME;
