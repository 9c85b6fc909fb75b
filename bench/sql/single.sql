\set n random(1, 10000)
WITH u AS (UPDATE conversations SET last_seq = last_seq + 1, last_message_at = now() WHERE id = numbered('000', :n)
  RETURNING id, account_id, inbox_id, last_seq)
INSERT INTO messages (id, account_id, inbox_id, conversation_id, seq, direction, author, kind, content)
SELECT gen_random_uuid(), account_id, inbox_id, id, last_seq, 'outgoing', 'agent:12345', 'text',
  '{"kind":"text","body":"Hello, I have a question about my order number 12345678"}' FROM u RETURNING seq;
