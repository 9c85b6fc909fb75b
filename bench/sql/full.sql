\set n random(1, 10000)
WITH u AS (UPDATE conversations SET last_seq = last_seq + 1, last_message_at = now(), preview = 'Hello, I have a question about my order'
  WHERE id = numbered('000', :n) RETURNING id, account_id, inbox_id, last_seq),
 x AS MATERIALIZED (SELECT u.*, gen_random_uuid() AS message_id, gen_random_uuid() AS delivery_id FROM u),
 h AS (UPDATE accounts a SET head = head + 1 FROM x WHERE a.id = x.account_id RETURNING a.head),
 w1 AS (INSERT INTO messages (id, account_id, inbox_id, conversation_id, seq, direction, author, kind, content)
   SELECT message_id, account_id, inbox_id, id, last_seq, 'outgoing', 'agent:12345', 'text',
   '{"kind":"text","body":"Hello, I have a question about my order number 12345678"}' FROM x),
 w2 AS (INSERT INTO deliveries (id, account_id, message_id) SELECT delivery_id, account_id, message_id FROM x),
 w3 AS (INSERT INTO jobs (queue, key, payload) SELECT 'deliver', id, '{"delivery":"' || delivery_id || '"}' FROM x),
 w4 AS (INSERT INTO events (account_id, position, type, conversation_id, subject_id, seq)
   SELECT account_id, head, 'message.created', id, message_id, last_seq FROM x, h)
SELECT last_seq FROM x;
