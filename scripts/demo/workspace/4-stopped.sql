-- 4. What never gets that far. Nothing here changes the database, and each says why.

-- A COMMIT of its own would make the rest final before anybody saw it.
-- Select all three and run.
UPDATE customers SET credit = 0 WHERE id = 7;
COMMIT;
DROP TABLE import_2024;

-- Fails in the middle: all of it is rolled back.
UPDATE customers SET credit = credit - 1000000 WHERE id = 7;

-- Acts outside of any transaction.
VACUUM FULL orders;

-- A read that writes is no read.
WITH gone AS (DELETE FROM sessions RETURNING token)
SELECT count(*) FROM gone;
