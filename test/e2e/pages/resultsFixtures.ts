/** Runs as the host would send them. */
import type { ResultModel, ResultsModel, ResultsToPage } from '../../../src/protocol/results.ts';
import type { Message } from './harness.ts';

const columns = [
  { name: 'id', type: 'bigint' },
  { name: 'customer', type: 'text' },
  { name: 'email', type: 'text' },
  { name: 'total', type: 'numeric(12,2)' },
  { name: 'placed_at', type: 'timestamp with time zone' },
  { name: 'note', type: 'text' },
  { name: 'tags', type: 'text[]' },
  { name: 'payload', type: 'jsonb' },
];

export const longText = 'lorem ipsum '.repeat(80);

/** Row `index` of the orders; some values are awkward on purpose. */
export function orderRow(index: number): readonly (string | null)[] {
  const notes = [null, '', ' ', 'call before delivery', 'left\u202eright', 'two\nlines', longText, '\tindented'];
  return [
    String(9_007_199_254_740_993n + BigInt(index)),
    ['Marta Kowalska', 'J. Okafor', 'Lena Fischer', '\u738b\u79c0\u82f1', 'Zo\u00eb \u{1f469}\u200d\u{1f680}'][index % 5] ?? '',
    `customer${String(index)}@post.example`,
    `${String((index * 7919) % 10_000)}.${String(index % 100).padStart(2, '0')}`,
    `2026-0${String(1 + (index % 9))}-1${String(index % 10)} 08:${String(index % 60).padStart(2, '0')}:09.123456+00`,
    notes[index % notes.length] ?? null,
    index % 4 === 0 ? '{}' : '{new,"big one"}',
    `{"order": ${String(index)}, "lines": [1, 2, 3]}`,
  ];
}

export function select(rowCount: number, changes: Partial<ResultModel> = {}): ResultModel {
  return { statement: 'SELECT * FROM orders ORDER BY id', columns, rowCount, state: 'done', commandTag: `SELECT ${String(rowCount)}`, durationMs: 12, ...changes };
}

export function run(results: readonly ResultModel[], changes: Partial<ResultsModel> = {}): ResultsModel {
  return {
    run: 1,
    environment: 'production',
    connection: 'shop-prod',
    where: 'app_ro@db-1:5432/shop',
    results,
    messages: [
      { level: 'info', text: 'The run is read only: the server refuses writes.' },
      { level: 'warning', text: 'NOTICE: index "orders_old" is not used' },
    ],
    running: false,
    ...changes,
  };
}

/** Answers pulls with rows made by `row`. */
export function answerWith(row: (index: number, result: number) => readonly (string | null)[]): (message: Message) => ResultsToPage | undefined {
  return (message) => {
    if (message.type !== 'pull') return undefined;
    const { run: number, result, start, count } = message as unknown as { run: number; result: number; start: number; count: number };
    return { type: 'rows', run: number, result, start, rows: Array.from({ length: count }, (_, offset) => row(start + offset, result)) };
  };
}

/** A row of 2 000 columns, each value telling where it is. */
export const manyColumns = Array.from({ length: 2000 }, (_, index) => ({ name: `c${String(index)}`, type: index % 3 === 0 ? 'integer' : 'text' }));

export function wideRow(index: number): readonly string[] {
  return manyColumns.map((_, column) => `${String(index)}:${String(column)}`);
}
