/** What it costs to see a change before it is final: beside the plain statement, on a table of a million rows. */
import pg from 'pg';
import type { IntentReceipt, OpenChange, Session } from '../../src/app/ports.ts';
import { statement } from '../fakes/statements.ts';

export type Add = (what: string, ours: number, baseline: number, unit: string) => void;

type Kit = {
  readonly connectionString: string;
  readonly open: () => Promise<Session>;
  readonly add: Add;
  /** Also a change of every row. */
  readonly withMillion: boolean;
};

const tableRows = 1_000_000;

export async function effectFigures({ connectionString, open, add, withMillion }: Kit): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(`CREATE TABLE million AS SELECT n AS id, n % 1000 AS k, md5(n::text) AS a, md5((n + 1)::text) AS b, now() AS at, n / 3.0 AS x, 0 AS v FROM generate_series(1, ${String(tableRows)}) n;
    ALTER TABLE million ADD PRIMARY KEY (id); GRANT ALL ON million TO PUBLIC`);
  const session = await open();
  for (const affected of [1000, 100_000, ...(withMillion ? [tableRows] : [])]) {
    await client.query('VACUUM ANALYZE million');
    const text = `UPDATE million SET v = v + 1 WHERE id <= ${String(affected)}`;
    const plain = await plainly(client, text);
    await client.query('VACUUM million');
    const ours = await withEffect(session, text, affected);
    const name = `${String(affected)} of ${String(tableRows)} rows updated`;
    addEffect(add, name, ours, plain);
  }
  await session.close();
  await client.query('DROP TABLE million');
  await client.end();
}

export type Plain = { readonly statementMs: number; readonly commitMs: number };

export function addEffect(add: Add, name: string, ours: Effect, plain: Plain): void {
  add(`${name}: preview shown, against the plain statement`, ours.previewMs, plain.statementMs, 'ms');
  add(`${name}: 500 rows before and after, and all counted`, ours.imagesMs, plain.statementMs, 'ms');
  add(`${name}: fingerprint`, ours.fingerprintMs, plain.statementMs, 'ms');
  add(`${name}: commit`, ours.commitMs, plain.commitMs, 'ms');
  add(`${name}: memory more at its peak, against 150 MB`, ours.moreMegabytes, 150, 'MB');
}

async function plainly(client: pg.Client, text: string): Promise<Plain> {
  await client.query('BEGIN');
  const statementMs = await timed(() => client.query(text));
  return { statementMs, commitMs: await timed(() => client.query('COMMIT')) };
}

export type Effect = { readonly previewMs: number; readonly imagesMs: number; readonly fingerprintMs: number; readonly commitMs: number; readonly moreMegabytes: number };

/** Runs a change of `million` as the product does, and commits it. */
export async function withEffect(session: Session, text: string, affected: number, completely = true): Promise<Effect> {
  const memory = watchMemory();
  let change: OpenChange | undefined;
  const previewMs = await timed(async () => {
    const start = await session.beginChange({
      statements: [statement(text, 'write', { kind: 'update', targets: [{ table: 'million', access: 'write' }] })],
      limits: { lockTimeoutMs: 2000, statementTimeoutMs: 120_000, holdMs: 120_000, maxRows: 500 },
      signal: new AbortController().signal,
    });
    if (start.kind !== 'open') throw new Error(start.kind === 'failed' ? start.failure.message : start.kind);
    change = start.change;
  });
  const open = change;
  if (!open) throw new Error('no change is open');
  const imagesMs = await timed(async () => {
    const [images] = await open.images();
    if (completely && (images?.totals?.updated !== affected || images.changes.length !== 500)) throw new Error(`not all was seen: ${JSON.stringify(images?.totals)} ${images?.incomplete ?? ''}`);
  });
  const fingerprintMs = await timed(async () => {
    const fingerprint = await open.fingerprint?.();
    if (completely && (fingerprint?.kind !== 'fingerprint' || !fingerprint.complete)) throw new Error(JSON.stringify(fingerprint));
  });
  const commitMs = await timed(() => open.commit({ id: 'bench' } as IntentReceipt));
  return { previewMs, imagesMs, fingerprintMs, commitMs, moreMegabytes: memory.stop() };
}

/** How much more memory this process had at its peak than at the start. */
function watchMemory(): { readonly stop: () => number } {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  return {
    stop() {
      clearInterval(timer);
      return (peak - before) / 1024 ** 2;
    },
  };
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
