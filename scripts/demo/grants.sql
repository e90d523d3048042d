-- What the application's role may do: change rows of the shop, read what was recorded about it, own one table of its own.
GRANT USAGE ON SCHEMA public, audit TO app_rw;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app_rw;
GRANT TRUNCATE ON sessions, search_log TO app_rw;
GRANT SELECT ON audit.change_log TO app_rw;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app_rw;

CREATE TABLE import_2024 AS SELECT id, email FROM customers WHERE id % 10 = 0;
ALTER TABLE import_2024 OWNER TO app_rw;
