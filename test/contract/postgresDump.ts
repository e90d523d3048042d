/** All there is in a PostgreSQL database, read by the driver alone. */
import pg from 'pg';
import type { TestDatabase } from '../support/postgres.ts';
import type { Dump, DumpedRow } from './effectsSubject.ts';

const tablesSql = `SELECT c.oid, n.nspname, c.relname, c.relkind,
    (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    (SELECT array_agg(a.attname::text) FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary) AS key
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'`;

const asText = { getTypeParser: () => (text: string) => text };

/** Every table, with values as the server prints them with its own settings. */
export async function dumpPostgres(database: Pick<TestDatabase, 'url'>): Promise<Dump> {
  const client = new pg.Client({ connectionString: database.url() });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ nspname: string; relname: string; relkind: string; columns: string[]; key: string[] | null }>(tablesSql);
    const dumped = [];
    for (const { nspname, relname, relkind, columns, key } of tables) {
      const from = `${relkind === 'p' ? '' : 'ONLY '}${pg.escapeIdentifier(nspname)}.${pg.escapeIdentifier(relname)}`;
      const { rows } = await client.query<(string | null)[]>({ text: `SELECT ${columns.map(pg.escapeIdentifier).join(', ')} FROM ${from}`, rowMode: 'array', types: asText });
      dumped.push([relname, { columns, key: (key ?? []).map((name) => columns.indexOf(name)), rows: sorted(rows) }] as const);
    }
    return new Map(dumped.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await client.end();
  }
}

function sorted(rows: readonly DumpedRow[]): readonly DumpedRow[] {
  return rows.map((row) => ({ row, text: JSON.stringify(row) })).toSorted((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text))).map(({ row }) => row);
}
