/** A result of a million rows: what it takes in memory, and how soon the line is free again when enough was seen. */
import pg from 'pg';
import type { Session } from '../../src/app/ports.ts';
import type { ResultSink } from '../../src/app/resultSink.ts';
import { statement } from '../fakes/statements.ts';

type Bench = {
  readonly connectionString: string;
  readonly open: () => Promise<Session>;
  readonly add: (what: string, ours: number, baseline: number, unit: string) => void;
  readonly best: (measure: () => Promise<number>) => Promise<number>;
};

/** The server makes each row when it is asked for: a function in FROM would make all of them first. */
const million = "SELECT n AS id, n * 7 AS a, md5(n::text) AS b, n / 3.0 AS d FROM (SELECT generate_series(1, 1000000) AS n) s";

export async function memoryFigures({ connectionString, open, add, best }: Bench): Promise<void> {
  const session = await open();
  const client = new pg.Client({ connectionString });
  await client.connect();
  await read(session, 'SELECT 1', 500);
  const ours = await growth(async (sample) => await read(session, million, Number.MAX_SAFE_INTEGER, sample));
  const buffered = await growth(async (sample) => {
    const { rows } = await client.query(million);
    sample();
    return rows.length;
  });
  add('a million rows read to their end: memory more at its peak, against a driver that keeps them', ours, buffered, 'MB');
  const freed = await best(async () => await timed(async () => {
    await read(session, million, 500);
    await read(session, 'SELECT 1', 500);
  }));
  add('500 of a million rows, and the line is free for the next read: against that read alone', freed, await best(async () => await timed(async () => await read(session, 'SELECT 1', 500))), 'ms');
  await client.end();
  await session.close();
}

async function read(session: Session, text: string, rowLimit: number, sample: () => void = () => undefined): Promise<void> {
  const sink: ResultSink = { columns: () => undefined, rows: sample, notice: () => undefined };
  const end = await session.read({ statement: statement(text, 'read'), sink, rowLimit, byteLimit: Number.MAX_SAFE_INTEGER, statementTimeoutMs: 60_000, signal: new AbortController().signal });
  if (end.kind === 'failed') throw new Error(end.failure.message);
}

/** Megabytes of the whole process. */
async function growth(work: (sample: () => void) => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  await work(() => (peak = Math.max(peak, process.memoryUsage.rss())));
  return (peak - before) / 1024 / 1024;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
