/** A real PostgreSQL server for tests: its own, or the one all files of a run share. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
export { freePort, startPostgres } from '../../scripts/lib/postgres.mjs';
export type { PostgresOptions, PostgresServer } from '../../scripts/lib/postgres.mjs';
import { startPostgres, whyNoSystemPostgres } from '../../scripts/lib/postgres.mjs';

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

/** Whose server: the npm package's, or the other version that this machine or its Debian has. */
export type PostgresVersion = 'package' | 'system';

/** Where the shared servers are; `scripts/test.mjs` sets it once per run. */
const sharedVariables = { package: 'COUNTERSIGN_TEST_POSTGRES', system: 'COUNTERSIGN_TEST_POSTGRES_SYSTEM_URL' } as const;
const ownServers: { [V in PostgresVersion]?: Promise<string> } = {};

/** Why there is no server of the other version, for `skip`; `false` when there is one. */
export function withoutSystemPostgres(): string | false {
  if (process.env[sharedVariables.system] !== undefined) return false;
  return process.env['COUNTERSIGN_TEST_POSTGRES_SYSTEM_MISSING'] ?? whyNoSystemPostgres() ?? false;
}

/**
 * An empty database on the shared server; a server is started when a test file runs alone.
 * Roles belong to the whole server: give them names nobody else uses, or `CREATE ROLE` fails.
 */
export async function createTestDatabase(setup = '', from: PostgresVersion = 'package'): Promise<TestDatabase> {
  const address = new URL(process.env[sharedVariables[from]] ?? (await (ownServers[from] ??= startPostgres({ name: 'tests', from }).then((server) => server.url()))));
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
