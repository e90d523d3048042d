-- 1. Reading. Put the caret into a statement and press Ctrl+Enter (Cmd+Enter).
-- First connect this file: "Connect This Document to…", then shop-prod.
-- The password is: demo
-- A read runs in a transaction that the server itself keeps read-only.

SELECT id, full_name, tier, credit, tags, created_at
FROM customers
WHERE tier = 'gold'
ORDER BY credit DESC;

SELECT month, orders, revenue FROM revenue_by_month ORDER BY month DESC;

-- Many rows: the grid stops at its limit and says so.
SELECT * FROM order_items;

-- A mistake is shown where it is.
SELECT id, emial FROM customers;

-- What the audit trigger wrote down so far.
SELECT changed_at, changed_by, table_name, operation, row_key
FROM audit.change_log ORDER BY id DESC LIMIT 20;
