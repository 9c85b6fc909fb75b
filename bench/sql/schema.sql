-- The yardstick's own tables: what one message costs the database alone. :accounts accounts, :conversations conversations.
CREATE TABLE accounts (id uuid PRIMARY KEY, head bigint NOT NULL DEFAULT 0) WITH (fillfactor = 20);
CREATE TABLE conversations (
  id uuid PRIMARY KEY, account_id uuid NOT NULL, inbox_id uuid NOT NULL, last_seq bigint NOT NULL DEFAULT 0,
  last_message_at timestamptz NOT NULL DEFAULT now(), preview text NOT NULL DEFAULT ''
) WITH (fillfactor = 80);
CREATE TABLE messages (
  id uuid PRIMARY KEY, account_id uuid NOT NULL, inbox_id uuid NOT NULL, conversation_id uuid NOT NULL, seq bigint NOT NULL,
  direction text NOT NULL, author text NOT NULL, kind text NOT NULL, content text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now());
CREATE UNIQUE INDEX messages_seq ON messages (conversation_id, seq);
CREATE TABLE deliveries (id uuid PRIMARY KEY, account_id uuid NOT NULL, message_id uuid NOT NULL);
CREATE TABLE jobs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, queue text NOT NULL, key uuid NOT NULL, payload text NOT NULL);
CREATE TABLE events (
  account_id uuid NOT NULL, position bigint NOT NULL, type text NOT NULL, conversation_id uuid, subject_id uuid, seq bigint,
  at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (account_id, position));
CREATE FUNCTION numbered(space text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('00000000-0000-7' || space || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
INSERT INTO accounts SELECT numbered('001', g) FROM generate_series(0, :accounts - 1) g;
INSERT INTO conversations (id, account_id, inbox_id)
  SELECT numbered('000', g), numbered('001', g % :accounts), numbered('002', g % :accounts) FROM generate_series(1, :conversations) g;
VACUUM ANALYZE;
CHECKPOINT;
