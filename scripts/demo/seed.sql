-- Rows of the demo shop: always the same ones. `demo.customers` says how many; everything else follows from it.
-- Numbers look random because they are multiplied with primes and cut off; nothing here depends on chance or on today.

INSERT INTO products
SELECT 'SKU-' || lpad(i::text, 4, '0'),
       (ARRAY['Kettle', 'Lamp', 'Notebook', 'Backpack', 'Teapot', 'Blanket', 'Headphones', 'Chair'])[1 + i % 8] || ' ' || (ARRAY['Nord', 'Alba', 'Rio', 'Fjord', 'Sol'])[1 + i * 7 % 5],
       (4.90 + i * 137 % 24500 / 100.0)::numeric(10,2),
       CASE WHEN i % 9 > 0 THEN (i * 31 % 900 / 100.0)::real END,
       jsonb_build_object('colour', (ARRAY['black', 'white', 'red', 'moss'])[1 + i % 4], 'sizes', jsonb_build_array(i % 5, i % 7), 'eco', i % 3 = 0),
       CASE WHEN i % 4 > 0 THEN decode(md5('picture ' || i) || md5('more ' || i), 'hex') END,
       daterange(date '2023-01-01' + i, CASE WHEN i % 6 = 0 THEN date '2026-06-30' END)
FROM generate_series(1, 200) AS i;

INSERT INTO customers (id, email, full_name, tier, credit, address, tags, newsletter, created_at)
SELECT i,
       lower((ARRAY['ada', 'bo', 'chidi', 'dana', 'emre', 'fatima', 'goran', 'hana', 'ivo', 'jun'])[1 + i % 10]) || '.' || i || '@example.com',
       (ARRAY['Ada', 'Bo', 'Chidi', 'Dana', 'Emre', 'Fátima', 'Göran', 'Hana', 'Ivo', '俊'])[1 + i % 10] || ' ' || (ARRAY['Okafor', 'Lindqvist', 'O''Brien', 'Marković', 'Yılmaz', 'García', 'Novák'])[1 + i * 3 % 7],
       (CASE WHEN i % 20 = 0 THEN 'gold' WHEN i % 5 = 0 THEN 'silver' ELSE 'basic' END)::customer_tier,
       (i * 7919 % 20000 / 100.0)::numeric(12,2),
       jsonb_build_object('street', (i * 13 % 240) || ' Harbour Road', 'city', (ARRAY['Lisbon', 'Kraków', 'Gent', 'Oslo', 'Turin'])[1 + i % 5], 'zip', lpad((i * 97 % 99999)::text, 5, '0')),
       string_to_array((ARRAY['new', 'returns|big orders', '', 'press'])[1 + i % 4], '|') || CASE WHEN i % 50 = 0 THEN ARRAY['vip', 'calls, not mails'] ELSE '{}' END,
       CASE WHEN i % 7 > 0 THEN i % 2 = 0 END,
       timestamptz '2023-02-01 08:00:00+00' + i * interval '5 hours 17 minutes'
FROM generate_series(1, current_setting('demo.customers')::int) AS i;

INSERT INTO orders (id, customer_id, status, placed_at, delivery, reference, total)
SELECT i,
       1 + i * 7907 % current_setting('demo.customers')::int,
       (ARRAY['new', 'paid', 'shipped', 'delivered', 'delivered', 'delivered', 'cancelled'])[1 + i % 7]::order_status,
       placed, CASE WHEN i % 7 BETWEEN 2 AND 5 THEN tstzrange(placed + interval '2 days', placed + interval '4 days') END,
       md5('order ' || i)::uuid, 0
FROM generate_series(1, 4 * current_setting('demo.customers')::int) AS i,
     LATERAL (SELECT timestamptz '2024-01-01 00:00:00+00' + i * interval '66 minutes 13.125 seconds' AS placed) AS moment;

INSERT INTO order_items (order_id, line, sku, quantity, unit_price)
SELECT o.id, line, p.sku, (1 + (o.id + line) % 3)::int, p.price
FROM orders AS o CROSS JOIN LATERAL generate_series(1, (1 + o.id % 4)::int) AS line
JOIN products AS p ON p.sku = 'SKU-' || lpad((1 + (o.id * 31 + line * 17) % 200)::text, 4, '0');

UPDATE orders AS o SET total = i.total FROM (SELECT order_id, sum(amount) AS total FROM order_items GROUP BY order_id) AS i WHERE i.order_id = o.id;

INSERT INTO payments
SELECT md5('payment ' || id)::uuid, id, (ARRAY['card', 'card', 'transfer', 'voucher'])[1 + id % 4]::payment_method, total, placed_at + interval '1 hour',
       CASE WHEN id % 4 < 2 THEN ('198.51.100.' || id % 256)::inet WHEN id % 4 = 2 THEN ('2001:db8::' || to_hex(id % 65536))::inet END,
       decode(md5('receipt ' || id), 'hex')
FROM orders WHERE status NOT IN ('new', 'cancelled');

INSERT INTO sessions
SELECT md5('session ' || i)::uuid, 1 + i * 7901 % current_setting('demo.customers')::int, ('203.0.113.' || i % 256)::inet,
       CASE WHEN i % 11 > 0 THEN 'Browser/' || 100 + i % 40 END,
       timestamptz '2026-01-01 00:00:00+00' + i * interval '11 minutes', make_interval(secs => i * 37 % 7200 + 0.25)
FROM generate_series(1, current_setting('demo.customers')::int) AS i;

INSERT INTO "OrderNotes" ("orderId", "Text", "isPinned", "createdAt")
SELECT i * 8, (ARRAY['Leave at the door', 'Gift: "with love" 🎁', E'Two lines:\nring twice', ''])[1 + i % 4], i % 10 = 0, timestamp '2025-05-01 09:30:00' + i * interval '3 hours'
FROM generate_series(1, current_setting('demo.customers')::int / 4) AS i;

INSERT INTO search_log
SELECT timestamptz '2026-10-01 00:00:00+00' + i / 2 * interval '7 minutes', (ARRAY['lamp', 'red kettle', 'gift', '%', ''])[1 + i / 2 % 5], CASE WHEN i % 3 > 0 THEN 9007199254740993 + i END
FROM generate_series(1, current_setting('demo.customers')::int / 2) AS i;

-- From here on changes are recorded, and identities go on where the rows end.
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON customers FOR EACH ROW EXECUTE FUNCTION audit.record_change();
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION audit.record_change();
CREATE TRIGGER record_change AFTER INSERT OR UPDATE OR DELETE ON payments FOR EACH ROW EXECUTE FUNCTION audit.record_change();
CREATE TRIGGER touch BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
SELECT setval(pg_get_serial_sequence('customers', 'id'), (SELECT max(id) FROM customers)), setval(pg_get_serial_sequence('orders', 'id'), (SELECT max(id) FROM orders));
UPDATE orders SET status = 'shipped' WHERE status = 'paid' AND id % 50 = 0;
ANALYZE;
