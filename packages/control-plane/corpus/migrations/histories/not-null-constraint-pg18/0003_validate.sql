ALTER TABLE members VALIDATE CONSTRAINT members_email_nn;
