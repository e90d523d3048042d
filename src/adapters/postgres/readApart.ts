/** Reads inside somebody's transaction without leaving a trace in it: no lock, no setting, and no failure that ends it. */
import type { Row } from '../../core/effect/preview.ts';
import type { RowReceiver, Step } from './batch.ts';
import type { Line } from './line.ts';
import { apart } from './measure.ts';
import { sqlFailure } from './sqlFailure.ts';

export type ApartResult = {
  readonly rows: readonly Row[];
  /** True when rows are missing because they are too large to be held. */
  readonly tooLarge: boolean;
  /** Why there are none. */
  readonly problem?: { readonly sqlState?: string; readonly message: string };
};

const statementTimeout = '10s';
const rowBytes = 8 * 1024 * 1024;
const resultBytes = 32 * 1024 * 1024;

/** Settings to read under; names and values of ours only. They are gone again behind each step. */
export type Settings = Readonly<Record<string, string>>;

/** One result for each step, in order: a step that fails does not keep the others from being read. Never rejects. */
export async function readApart(line: Line, steps: readonly Step[], signal?: AbortSignal, settings: Settings = {}): Promise<readonly ApartResult[]> {
  const results: ApartResult[] = [];
  while (results.length < steps.length) {
    const collectors = steps.slice(results.length).map((step) => ({ step, rows: new Collector() }));
    const units = collectors.flatMap(({ step, rows }) => unit({ ...step, rows }, settings));
    const size = units.length / collectors.length;
    const end = await line.run(units, {
      rowBytes,
      onDropped: (_bytes, at) => collectors[Math.floor(at / size)]?.rows.overflow(),
      deadlineMs: collectors.length * 10_000 + 10_000,
      ...(signal ? { signal } : {}),
    });
    const done = end.kind === 'unsent' ? 0 : end.kind === 'complete' ? collectors.length : Math.floor(end.at / size);
    for (const { rows } of collectors.slice(0, done)) results.push({ rows: rows.rows, tooLarge: rows.tooLarge });
    if (end.kind === 'complete') continue;
    if (end.kind === 'error') {
      const { message, sqlState } = sqlFailure(end.error);
      results.push({ rows: [], tooLarge: false, problem: { message, ...(sqlState === undefined ? {} : { sqlState }) } });
      // Behind the step itself only the savepoint is left, which then is already gone.
      if (end.at % size >= 1) await line.run(recover, { deadlineMs: 5000 });
      if (signal?.aborted !== true) continue;
    }
    const message = end.kind === 'lost' ? `the connection was lost (${end.loss.message})` : 'reading was stopped';
    while (results.length < steps.length) results.push({ rows: [], tooLarge: false, problem: { message } });
  }
  return results;
}

function unit(step: Step, settings: Settings): readonly Step[] {
  const all = Object.entries({ statement_timeout: statementTimeout, ...settings });
  return apart([...all.map(([name, value]): Step => ({ text: `SET LOCAL ${name} = '${value}'` })), step]);
}

const recover: readonly Step[] = [{ text: 'ROLLBACK TO SAVEPOINT countersign_apart' }, { text: 'RELEASE SAVEPOINT countersign_apart' }];

/** Keeps rows up to a limit of bytes. */
class Collector implements RowReceiver {
  readonly rows: Row[] = [];
  tooLarge = false;
  #bytes = 0;

  columns(): void {
    // Whoever asked knows them.
  }

  row(values: Row, bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > resultBytes) this.overflow();
    else this.rows.push(values);
  }

  overflow(): void {
    this.tooLarge = true;
  }
}
