"""Outside services for tests, each started on loopback from nothing and gone afterwards.

Fixtures, by module:

- `databases`: `database_url` runs the test on SQLite and on PostgreSQL, each time on a fresh, migrated
  database; `empty_database_url` is the same without tables; `sqlite_url` and `postgres_url` are one engine
  each, migrated; `store` is an open store over `database_url`.
- `browser`: `browser` and `page`, a headless Chromium.
- `redis`: `redis_url`, a Redis without persistence, emptied for every test.

`postgres` and `processes` hold what starts them; they know no pytest, so benchmarks may use them too.
"""
