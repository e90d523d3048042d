import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOutcome } from '../../../../src/core/effect/describeOutcome.ts';
import type { Outcome, RollbackReason } from '../../../../src/core/outcome.ts';
import { preview } from '../../../fakes/ports.ts';

const { transactionId: _, ...unnumbered } = preview;
const rows: readonly (readonly [Outcome, level: string, title: string, text: RegExp])[] = [
  [{ kind: 'read', statements: 1, rows: 1 }, 'info', 'Read', /^1 row\. Nothing was changed\.$/],
  [{ kind: 'committed', preview }, 'info', 'Committed', /^3 rows in 1 table changed\. The change is final \(transaction 742\)\.$/],
  [{ kind: 'committed', preview: { ...unnumbered, effects: [] } }, 'info', 'Committed', /^No rows changed\. The change is final\.$/],
  [{ kind: 'committed' }, 'info', 'Committed', /final/],
  [{ kind: 'rolled-back', why: 'declined' }, 'info', 'Rolled back', /as it was before/],
  ...(['expired', 'cancelled', 'closed', 'server-timeout', 'connection-lost', 'access-ended'] as RollbackReason[]).map(
    (why) => [{ kind: 'rolled-back', why }, 'warning', 'Rolled back', /as it was before/] as const,
  ),
  [{ kind: 'refused', reasons: [{ code: 'blocked', message: 'A.' }, { code: 'empty', message: 'B.' }] }, 'warning', 'Not run', /^A\.\nB\.$/],
  [{ kind: 'cancelled' }, 'info', 'Cancelled', /as it was before/],
  [{ kind: 'failed', failure: { code: 'sql', message: 'm', sqlState: '23503', detail: 'd', hint: 'h' } }, 'error', 'Failed', /^m \(23503\)\nd\nHint: h$/],
  [{ kind: 'in-doubt', transactionId: '742', preview }, 'error', 'In doubt', /may or may not be final.*pg_xact_status\('742'\)/],
  [{ kind: 'in-doubt', preview }, 'error', 'In doubt', /Do not run it again/],
];

for (const [outcome, level, title, text] of rows) {
  test(`${outcome.kind}${'why' in outcome ? ` (${outcome.why})` : ''} is “${title}”`, () => {
    const words = describeOutcome(outcome);
    assert.deepEqual([words.level, words.title], [level, title]);
    assert.match(words.text, text);
  });
}
