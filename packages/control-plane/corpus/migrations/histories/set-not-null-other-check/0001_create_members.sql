CREATE TABLE members (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text,
  phone text,
  CONSTRAINT members_contact CHECK (email IS NOT NULL OR phone IS NOT NULL)
);
