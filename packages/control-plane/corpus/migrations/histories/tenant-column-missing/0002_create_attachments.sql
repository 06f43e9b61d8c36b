CREATE TABLE attachments (id uuid PRIMARY KEY, request_id uuid NOT NULL, file_name text NOT NULL, bytes bigint NOT NULL);
