create table ${TABLE} (
  ID integer not null primary key,
  CODE char(8),
  NAME varchar(60),
  CITY varchar(40),
  STREET varchar(80),
  BORN date,
  SEEN timestamp,
  AMOUNT numeric(12, 2),
  FACTOR double precision,
  COUNTED bigint,
  FLAG boolean,
  REMARK varchar(120)
);
grant select on ${TABLE} to role HALO_INTEGRATOR;

set term ^ ;

execute block as
  declare N integer = 0;
  declare R bigint = 42;
begin
  while (N < ${ROWS}) do
  begin
    N = N + 1;
    R = mod(R * 48271, 2147483647);
    insert into ${TABLE} values (
      :N, lpad(mod(:R, 100000000), 8, '0'), 'Invented Name ' || :R, 'Suburb ' || mod(:R, 997),
      mod(:R, 400) || ' Example Street, Fernbrook', dateadd(mod(:R, 30000) day to date '1940-01-01'),
      dateadd(mod(:R, 50000000) second to timestamp '2024-01-01 00:00:00'),
      cast(mod(:R, 10000000) as numeric(12, 2)) / 100, :R / 7e0, :R * 31, mod(:R, 2) = 0,
      'Remark number ' || :R || ' about nothing in particular, long enough to fill the row');
  end
end^

set term ; ^
