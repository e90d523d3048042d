/** A small shop in a database of its own, and a workspace whose team file leads to it. */
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const schema = `
  CREATE SCHEMA audit;
  CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, plan text NOT NULL, credit numeric(10,2));
  CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers ON DELETE CASCADE, placed timestamptz NOT NULL DEFAULT '2026-01-01');
  CREATE TABLE order_items (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders ON DELETE CASCADE, sku text NOT NULL);
  CREATE TABLE audit.customer_log (id bigserial PRIMARY KEY, customer_id int NOT NULL, what text NOT NULL);
  CREATE FUNCTION audit.log_customer() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO audit.customer_log (customer_id, what) VALUES (old.id, tg_op); RETURN NULL; END $$;
  CREATE TRIGGER log_customer AFTER UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION audit.log_customer();
  INSERT INTO customers SELECT n, 'Customer ' || n, CASE WHEN n % 4 = 0 THEN 'trial' ELSE 'paid' END, n * 1.25 FROM generate_series(1, 40) n;
  INSERT INTO orders SELECT n, 1 + n % 40 FROM generate_series(1, 120) n;
  INSERT INTO order_items SELECT n, 1 + n % 120, 'SKU-' || n FROM generate_series(1, 360) n;
`;

export const tables = ['customers', 'orders', 'order_items', 'audit.customer_log'] as const;
export type Counts = Readonly<Record<(typeof tables)[number], number>>;

export type Shop = TestDatabase & {
  /** Rows of every table, counted on a line of its own. */
  readonly counts: () => Promise<Counts>;
  /** One text that differs whenever any row of any table does. */
  readonly fingerprint: () => Promise<string>;
  /** Sessions of ours that hold a transaction open. */
  readonly openTransactions: () => Promise<number>;
  /** Files of a workspace whose team file leads here. */
  readonly workspace: (files: Readonly<Record<string, string>>, facts?: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>>;
};

export async function createShop(): Promise<Shop> {
  const database = await createTestDatabase();
  const { host, port, query } = database;
  // An ordinary role owns the shop, as an application's role does; it needs no password here.
  const user = `${database.database}_app`;
  await query(`CREATE ROLE ${user} LOGIN; ALTER DATABASE ${database.database} OWNER TO ${user}; SET ROLE ${user}; ${schema}`);
  return {
    ...database,
    user,
    async counts() {
      const entries = await Promise.all(tables.map(async (table) => [table, Number((await query(`SELECT count(*) FROM ${table}`))[0].count)] as const));
      return Object.fromEntries(entries) as Counts;
    },
    async fingerprint() {
      const parts = tables.map((table) => `(SELECT md5(coalesce(string_agg(_r_::text, '|' ORDER BY id), '')) FROM ${table} _r_)`);
      return String((await query(`SELECT concat(${parts.join(', ')}) AS all_rows`))[0].all_rows);
    },
    async openTransactions() {
      const [row] = await query(`SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'countersign%' AND datname = current_database() AND state LIKE 'idle in transaction%'`);
      return Number(row.count);
    },
    workspace: (files, facts = {}) => ({
      '.countersign/team.jsonc': JSON.stringify({
        version: 1,
        connections: [{ name: 'shop-prod', environment: 'production', host, port, user, database: database.database, tls: { mode: 'disable' }, ...facts }],
      }),
      ...files,
    }),
  };
}
