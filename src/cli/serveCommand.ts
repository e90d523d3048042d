/** `countersign serve`: the confirmation server in the foreground, until it is told to stop. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { createLog } from '../server/log.ts';
import { StoreProblem, openStore } from '../server/openStore.ts';
import { backUpSqlite, sqliteProblem } from '../server/store/sqlite.ts';
import type { TeamAdmission } from '../server/teams.ts';
import { UsageError, readArguments } from './usage.ts';

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  team: { type: 'string', multiple: true },
  'trust-proxy': { type: 'boolean' },
  'backup-to': { type: 'string' },
} as const;

const digest = /^[\w-]{43}$/;

/** Exit codes: 0 stopped as it was asked to, 2 could not start. */
export async function serveCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  if (positionals.length > 0) throw new UsageError(`serve takes no file; "${positionals.join(' ')}" is not understood.`);
  const file = values.data ?? process.env['COUNTERSIGN_DATA'] ?? defaultFile();
  if (values['backup-to'] !== undefined) return await backUp(file, values['backup-to']);
  return await run({
    host: values.host ?? process.env['HOST'] ?? '127.0.0.1',
    port: portOf(values.port ?? process.env['PORT'] ?? '8787'),
    file,
    admission: admissionOf(values.team ?? []),
    trustProxy: values['trust-proxy'] === true,
  });
}

type ServeOptions = { readonly host: string; readonly port: number; readonly file: string; readonly admission: TeamAdmission; readonly trustProxy: boolean };

async function run({ host, port, file, admission, trustProxy }: ServeOptions): Promise<number> {
  // Routes and their framework: what only looks at text need not read them.
  const { serve } = await import('../server/serve.ts');
  const log = createLog((line) => process.stdout.write(line));
  try {
    const page = await readPage();
    const databaseUrl = process.env['DATABASE_URL'];
    const store = await openStore({ databaseUrl: databaseUrl === '' ? undefined : databaseUrl, file }, log);
    const server = await serve({ store, log, page, admission, trustProxy }, { host, port });
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    await server.close();
    return 0;
  } catch (error) {
    if (!(error instanceof StoreProblem) && !isListenError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function isListenError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}

/** The reviewer's page lies beside the command line. */
async function readPage(): Promise<{ readonly script: string; readonly style: string }> {
  const read = async (name: string): Promise<string> => await readFile(new URL(`./webview/${name}`, import.meta.url), 'utf8');
  return { script: await read('confirm.js'), style: await read('confirm.css') };
}

async function backUp(file: string, to: string): Promise<number> {
  if ((process.env['DATABASE_URL'] ?? '') !== '') throw new UsageError('A PostgreSQL store is backed up with pg_dump.');
  const problem = sqliteProblem(process.versions.node);
  if (problem !== undefined) throw new UsageError(problem);
  await backUpSqlite(file, to).catch((error: unknown) => {
    throw new UsageError(`No backup was written: ${error instanceof Error ? error.message : String(error)}.`);
  });
  process.stdout.write(`${to}\n`);
  return 0;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new UsageError(`--port is a number up to 65535, not "${text}".`);
  return port;
}

/** Without a word about teams, the first one that introduces itself is the only one. */
function admissionOf(teams: readonly string[]): TeamAdmission {
  if (teams.length === 0) return 'first';
  if (teams.includes('any')) return 'any';
  const wrong = teams.find((team) => !digest.test(team));
  if (wrong !== undefined) throw new UsageError(`--team is the digest of a team file (43 letters) or "any", not "${wrong}".`);
  return teams;
}

function defaultFile(): string {
  return path.join(process.env['XDG_DATA_HOME'] ?? path.join(homedir(), '.local', 'share'), 'countersign', 'confirmations.sqlite');
}
