-- 5. Values that tools like to bend. Compare what you see with what is written.

SELECT 9007199254740993 AS "beyond a double",
       0.1::numeric + 0.2 AS "exact",
       1.10::numeric(6,2) AS "keeps its zero",
       NULL AS "null", '' AS "empty", ' ' AS "a space",
       timestamptz '2026-03-29 00:30:00.123456+00' AS "microseconds",
       'infinity'::date AS "forever",
       '\xdeadbeef'::bytea AS "bytes",
       'NaN'::float8 AS "not a number";

SELECT delivery, reference, placed_at, total FROM orders
WHERE delivery IS NOT NULL LIMIT 10;

SELECT "NoteId", "Text", "isPinned" FROM "OrderNotes"
WHERE "isPinned" ORDER BY "NoteId" LIMIT 10;

SELECT tags, address, newsletter FROM customers
WHERE 'vip' = ANY (tags) LIMIT 10;

SELECT token, seen_from, user_agent, lasted FROM sessions LIMIT 10;

-- Rows that cannot be told apart: the table has no key.
SELECT * FROM search_log ORDER BY searched_at LIMIT 6;
