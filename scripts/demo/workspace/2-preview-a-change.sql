-- 2. Changing something. Connect this file to shop-prod and run a statement.
-- Production is read-only: choose "Allow Writes for a While…", say why and for
-- how long, and run it again. The change runs and stays open: the panel shows
-- what it did, and nobody else sees it before you press Commit.

-- One table in the text, two in the panel: a trigger records each change.
UPDATE customers
SET credit = credit + 10
WHERE tier = 'gold' AND id <= 200;

-- One row in the text. How many tables does it reach?
DELETE FROM customers WHERE id = 44;

-- Several statements, one transaction: select them all and run.
UPDATE orders SET status = 'cancelled' WHERE id = 1001;
DELETE FROM payments WHERE order_id = 1001;
