-- 3. The ones that go wrong. Each asks you to type what it is going to do.

-- The WHERE is missing.
UPDATE orders SET status = 'cancelled';

-- The WHERE is there and says nothing.
DELETE FROM sessions WHERE 1 = 1;

TRUNCATE search_log;

DROP TABLE import_2024;
