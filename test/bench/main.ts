/**
 * Speed and memory beside a baseline of the same run. Prints a table; never fails for being slow.
 *
 *     npm run bench [-- NAME …] [--million]
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import pg from 'pg';
import { openPostgresSession } from '../../src/adapters/postgres/session.ts';
import type { IntentReceipt, Session } from '../../src/app/ports.ts';
import type { ResultSink } from '../../src/app/resultSink.ts';
import { epochMs } from '../../src/core/brand.ts';
import type { ConnectionId, ConnectionProfile } from '../../src/core/profile/connection.ts';
import { statement } from '../fakes/statements.ts';
import { startPostgres } from '../support/postgres.ts';
import { startTcpProxy } from '../support/tcpProxy.ts';
import { activationFigures } from './activation.ts';
import { auditFigures } from './audit.ts';
import { confirmationLoad } from './confirmation.ts';
import { effectFigures } from './effects.ts';
import { memoryFigures } from './memory.ts';
import { mysqlEffectFigures } from './mysqlEffects.ts';
import { risksWhileTyping } from './risks.ts';
import { sqlFigures } from './sql.ts';
import { typingFigures } from './typing.ts';

type Figure = { readonly what: string; readonly ours: string; readonly baseline: string; readonly ratio: string };
const figures: Figure[] = [];
const bigRows = 200_000;

const withMillion = process.argv.includes('--million');
/** In the order in which they are measured; names for the command line. */
const sections: Readonly<Record<string, () => Promise<void>>> = {
  reads: async () => {
    await readsOfAnySize();
    await wholeResult();
    await memoryFigures({ connectionString: server.url('bench', 'bench'), open: async () => await open(server.port), add, best });
  },
  trips: roundTrips,
  effects: async () => {
    await effectFigures({ connectionString: server.url('bench'), open: async () => await open(server.port), add, withMillion });
    for (const dialect of ['mariadb', 'mysql'] as const) await mysqlEffectFigures(dialect, { add, withMillion });
  },
  sql: async () => await sqlFigures({ add, best, stall }),
  records,
  confirmation,
  typing: async () => {
    await risksWhileTyping({ add, best, cpu });
    await typingFigures(add);
  },
  start: async () => {
    loading();
    await activationFigures(add);
  },
};
const wanted = process.argv.slice(2).filter((word) => word in sections);

const server = await startPostgres({ name: 'bench' });
try {
  await server.createDatabase('bench');
  await server.query(
    `CREATE ROLE bench LOGIN;
     CREATE TABLE big AS SELECT n AS id, n * 7 AS a, md5(n::text) AS b, now() AS c, n / 3.0 AS d FROM generate_series(1, ${String(bigRows)}) n;
     CREATE TABLE small (id int PRIMARY KEY, v int); INSERT INTO small SELECT n, n FROM generate_series(1, 100) n;
     GRANT ALL ON ALL TABLES IN SCHEMA public TO bench`,
    [],
    'bench',
  );
  for (const [name, measure] of Object.entries(sections)) if (wanted.length === 0 || wanted.includes(name)) await measure();
} finally {
  await server.stop();
}
console.table(Object.fromEntries(figures.map(({ what, ...row }) => [what, row])));

/** A small change from its first word to COMMIT, with more or less being recorded about it. */
async function records(): Promise<void> {
  const session = await open(server.port);
  await auditFigures({
    add,
    change: async ({ before, commit, after }) => {
      await before();
      const change = await beginUpdate(session);
      await commit();
      await change.commit({ id: 'bench' } as IntentReceipt);
      await after();
    },
  });
  await session.close();
}

/** The confirmation server has bounds of its own instead of a baseline. */
async function confirmation(): Promise<void> {
  const { clients, bytesPerClient, p50Ms, p99Ms } = await confirmationLoad(10_000, 500);
  const within = (value: number, bound: number): string => (value / bound).toFixed(2);
  figures.push({ what: `${String(clients)} clients wait for a confirmation, memory each`, ours: `${(bytesPerClient / 1024).toFixed(1)} KB`, baseline: '30 KB', ratio: within(bytesPerClient, 30 * 1024) });
  figures.push({ what: 'from a decision to the clients that wait, p50 / p99', ours: `${p50Ms.toFixed(1)} / ${p99Ms.toFixed(1)} ms`, baseline: '50 ms', ratio: within(p99Ms, 50) });
}

/** First rows on the way to the page: a result of 1 row and one of many must feel the same. */
async function readsOfAnySize(): Promise<void> {
  const session = await open(server.port);
  const one = await best(async () => await firstRows(session, 'SELECT 1', 500));
  const many = await best(async () => await firstRows(session, 'SELECT * FROM big', 500));
  add('first rows: big table against SELECT 1', many, one, 'ms');
  await session.close();
}

/** All rows of a big result: processor time and the longest stall, against a driver that keeps objects. */
async function wholeResult(): Promise<void> {
  const session = await open(server.port);
  const client = new pg.Client({ connectionString: server.url('bench', 'bench') });
  await client.connect();
  const ours = await best(async () => await cpu(async () => await firstRows(session, 'SELECT * FROM big', Number.MAX_SAFE_INTEGER)), 3);
  const buffered = await best(async () => await cpu(async () => await client.query('SELECT * FROM big')), 3);
  add(`all ${String(bigRows)} rows, processor time`, ours, buffered, 'ms');
  add('longest stall meanwhile', await stall(async () => await firstRows(session, 'SELECT * FROM big', Number.MAX_SAFE_INTEGER)), await stall(async () => await client.query('SELECT * FROM big')), 'ms');
  await client.end();
  await session.close();
}

/** Through a line of 40 ms there and 40 ms back. */
async function roundTrips(): Promise<void> {
  const proxy = await startTcpProxy({ host: server.host, port: server.port });
  const session = await open(proxy.port);
  const client = new pg.Client({ host: proxy.host, port: proxy.port, user: 'bench', database: 'bench' });
  await client.connect();
  await firstRows(session, 'SELECT 1', 500);
  proxy.setDelays(40, 40);
  const plain = await best(async () => await timed(async () => await client.query('SELECT 1')), 3);
  add('read, round trips', await best(async () => await timed(async () => await firstRows(session, 'SELECT v FROM small', 500)), 3), plain, 'ms');
  const changes = await several(async () => {
    const preview = await timed(async () => await beginUpdate(session));
    const commit = await timed(async () => await preview.value.commit({ id: 'bench' } as IntentReceipt));
    return { preview: preview.ms, commit: commit.ms };
  });
  add('preview with counts, round trips', Math.min(...changes.map(({ preview }) => preview)), plain, 'ms');
  add('commit, round trips', Math.min(...changes.map(({ commit }) => commit)), plain, 'ms');
  await client.end();
  await session.close();
  await proxy.stop();
}

async function beginUpdate(session: Session) {
  const start = await session.beginChange({
    statements: [statement('UPDATE small SET v = v + 1 WHERE id < 10', 'write', { kind: 'update', targets: [{ table: 'small', access: 'write' }] })],
    limits: { lockTimeoutMs: 2000, statementTimeoutMs: 30_000, holdMs: 60_000, maxRows: 500 },
    signal: new AbortController().signal,
  });
  if (start.kind !== 'open') throw new Error(start.kind === 'failed' ? start.failure.message : start.kind);
  return start.change;
}

/** Loading the extension's entry, against an empty module, each in a process of its own. */
function loading(): void {
  const entry = path.resolve(import.meta.dirname, '../../dist/extension.cjs');
  if (!existsSync(entry)) return;
  const load = (code: string): number =>
    Math.min(
      ...Array.from({ length: 5 }, () =>
        Number(execFileSync(process.execPath, ['-e', `const t=performance.now();${code};console.log(performance.now()-t)`], { encoding: 'utf8' })),
      ),
    );
  const fake = `const m=require('node:module');const o=m._load;m._load=(r,...a)=>r==='vscode'?new Proxy(function(){},{get:(t,k)=>k===Symbol.toPrimitive?()=>'':m._load('vscode'),construct:()=>({}),apply:()=>({})}):o(r,...a)`;
  add('load the extension, against a built-in module', load(`${fake};require(${JSON.stringify(entry)})`), load(`${fake};require('node:http')`), 'ms');
}

async function open(port: number): Promise<Session> {
  const profile: ConnectionProfile = {
    id: 'personal:bench' as ConnectionId,
    name: 'bench',
    source: 'personal',
    dialect: 'postgresql',
    environment: 'production',
    protected: true,
    host: '127.0.0.1',
    port,
    user: 'bench',
    database: 'bench',
    tls: { mode: 'disable' },
  };
  const clock = { now: () => epochMs(Date.now()), after: (ms: number, callback: () => void) => (timer(ms, callback)) };
  const start = await openPostgresSession({ profile, applicationName: 'countersign bench', clock, signal: new AbortController().signal });
  if (start.kind === 'failed') throw new Error(start.failure.message);
  return start.session;
}

function timer(ms: number, callback: () => void): () => void {
  const handle = setTimeout(callback, ms);
  return () => clearTimeout(handle);
}

/** Milliseconds until the first batch of rows arrived; the read runs to its end. */
async function firstRows(session: Session, text: string, rowLimit: number): Promise<number> {
  const started = performance.now();
  let first = 0;
  const sink: ResultSink = { columns: () => undefined, rows: () => (first ||= performance.now() - started), notice: () => undefined };
  const end = await session.read({
    statement: statement(text, 'read'),
    sink,
    rowLimit,
    byteLimit: Number.MAX_SAFE_INTEGER,
    statementTimeoutMs: 60_000,
    signal: new AbortController().signal,
  });
  if (end.kind === 'failed') throw new Error(end.failure.message);
  return first;
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const started = performance.now();
  const value = await work();
  return { ms: performance.now() - started, value };
}

async function cpu(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function stall(work: () => Promise<unknown>): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await work();
  delays.disable();
  return delays.max / 1e6;
}

async function several<T>(work: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let run = 0; run < 4; run += 1) results.push(await work());
  return results;
}

async function best(measure: () => Promise<number | { ms: number }>, times = 5): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < times; run += 1) {
    const result = await measure();
    least = Math.min(least, typeof result === 'number' ? result : result.ms);
  }
  return least;
}

function add(what: string, ours: number, baseline: number, unit: string): void {
  figures.push({ what, ours: `${ours.toFixed(1)} ${unit}`, baseline: `${baseline.toFixed(1)} ${unit}`, ratio: (ours / baseline).toFixed(2) });
}
