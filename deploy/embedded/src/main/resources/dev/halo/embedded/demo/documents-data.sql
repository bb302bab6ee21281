set term ^ ;

execute block as
begin
  insert into DOCUMENT_TYPES values (1, 'Referral letter');
  insert into DOCUMENT_TYPES values (2, 'Pathology report');
  insert into DOCUMENT_TYPES values (3, 'Imaging report');
  insert into DOCUMENT_TYPES values (4, 'Discharge summary');
end^

execute block as
  declare N integer = 0;
  declare R bigint = ${SEED};
  declare K integer;
  declare CHUNK varchar(256) character set octets;
  declare CONTENT blob sub_type binary;
begin
  while (N < ${DOCUMENTS}) do
  begin
    N = N + 1;
    R = mod(R * 48271, 2147483647);
    K = 0;
    CHUNK = x'255044462D312E34';
    while (K < 56) do
    begin
      K = K + 1;
      R = mod(R * 48271, 2147483647);
      CHUNK = CHUNK || ascii_char(mod(R, 256));
    end
    CONTENT = CHUNK || CHUNK || CHUNK;
    insert into DOCUMENTS values (
      :N, 1 + mod(:R, ${PATIENTS}), 1 + mod(:R, 4), 'Document ' || :N, 'application/pdf',
      dateadd(mod(:R, 1000000) minute to timestamp '2024-06-01 08:00:00'), octet_length(:CONTENT),
      'Summary of document ' || :N || ', received and filed.', :CONTENT);
  end
end^

set term ; ^
