/** A real PostgreSQL server for tests: its own, or the one all files of a run share. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
export { freePort, startPostgres } from '../../scripts/lib/postgres.mjs';
export type { PostgresOptions, PostgresServer } from '../../scripts/lib/postgres.mjs';
import { startPostgres } from '../../scripts/lib/postgres.mjs';

/** A database of a test's own. */
export type TestDatabase = {
  readonly host: string;
  readonly port: number;
  /** The superuser, with its password. */
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `postgresql://…` of the superuser, or of a role that needs no password. */
  readonly url: (role?: string) => string;
  /** Runs SQL as superuser on a connection of its own: the independent look at what really is there. */
  readonly query: (text: string, values?: readonly unknown[]) => Promise<any[]>;
};

/** Where the shared server is; `scripts/test.mjs` sets it once per run. */
const sharedVariable = 'COUNTERSIGN_TEST_POSTGRES';
let ownServer: Promise<string> | undefined;

/**
 * An empty database on the shared server; a server is started when a test file runs alone.
 * Roles belong to the whole server: give them names nobody else uses, or `CREATE ROLE` fails.
 */
export async function createTestDatabase(setup = ''): Promise<TestDatabase> {
  const address = new URL(process.env[sharedVariable] ?? (await (ownServer ??= startPostgres({ name: 'tests' }).then((server) => server.url()))));
  const database = `test_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  await queryAt(address.href, `CREATE DATABASE ${database} TEMPLATE template0 STRATEGY file_copy`);
  const url = new URL(address);
  url.pathname = database;
  if (setup !== '') await queryAt(url.href, setup);
  return {
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    url: (role) => (role === undefined ? url.href : `postgresql://${encodeURIComponent(role)}@${url.host}/${database}`),
    query: (text, values) => queryAt(url.href, text, values),
  };
}

async function queryAt(connectionString: string, text: string, values: readonly unknown[] = []): Promise<any[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const result = await (values.length === 0 ? client.query(text) : client.query(text, [...values]));
    return result.rows;
  } finally {
    await client.end();
  }
}
