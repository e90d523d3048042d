/** Which store a server uses, from what it was told. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from './log.ts';
import { openPostgres } from './store/postgres.ts';
import { openSqlite, sqliteProblem } from './store/sqlite.ts';
import type { Store } from './store/store.ts';

/** Why a store cannot be opened, in words for whoever started the server. */
export class StoreProblem extends Error {}

/** @param where - a PostgreSQL URL, or else the path of a file, whose folder is made when it is missing */
export async function openStore(where: { readonly databaseUrl?: string | undefined; readonly file: string }, log: Log): Promise<Store> {
  if (where.databaseUrl !== undefined) {
    return await openPostgres(where.databaseUrl, (message) => log.warn('a line to PostgreSQL broke', { reason: message })).catch((error: unknown) => {
      throw new StoreProblem(`PostgreSQL at DATABASE_URL did not answer: ${error instanceof Error ? error.message : String(error)}. Nothing was started.`);
    });
  }
  const problem = sqliteProblem(process.versions.node);
  if (problem !== undefined) throw new StoreProblem(problem);
  await mkdir(path.dirname(path.resolve(where.file)), { recursive: true, mode: 0o700 });
  return await openSqlite(where.file);
}
