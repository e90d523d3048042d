/** The panel is code too: whatever fails in it, no change stays open unseen, and what happened is what is recorded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Review, Reviewer } from '../../../src/app/ports.ts';
import { runStatement } from '../../../src/app/runStatement.ts';
import { createFakes, request } from '../../fakes/ports.ts';
import { statement, verdict } from '../../fakes/statements.ts';

const bounded = verdict(statement('delete from t where id < 4', 'write'));
const fail = (): never => {
  throw new Error('the panel is gone');
};

type Row = { readonly name: string; readonly breaks: 'open' | keyof Review; readonly consents: readonly { readonly kind: 'commit'; readonly typed: string }[]; readonly outcome: string; readonly ends: 'rollback' | 'commit' };

const rows: readonly Row[] = [
  { name: 'a panel that cannot be opened', breaks: 'open', consents: [], outcome: 'failed', ends: 'rollback' },
  { name: 'rows that cannot be shown, while nobody decides', breaks: 'images', consents: [], outcome: 'failed', ends: 'rollback' },
  { name: 'rows that cannot be shown, after Commit was pressed', breaks: 'images', consents: [{ kind: 'commit', typed: '' }], outcome: 'failed', ends: 'rollback' },
  { name: 'an end that cannot be shown', breaks: 'end', consents: [{ kind: 'commit', typed: '' }], outcome: 'committed', ends: 'commit' },
];

for (const { name, breaks, consents, outcome, ends } of rows) {
  test(name, async () => {
    const { ports, log, records } = createFakes({ verdict: bounded, consents: [...consents] });
    const reviewer: Reviewer = { open: (facts) => (breaks === 'open' ? fail() : { ...ports.reviewer.open(facts), [breaks]: fail }) };
    const end = await runStatement({ ...ports, reviewer }, request());
    assert.equal(end.kind, outcome);
    assert.equal(records.at(-1)?.outcome, outcome);
    assert.deepEqual(log.filter((entry) => entry === 'rollback' || entry === 'commit'), [ends]);
  });
}

test('a password in the text is in no record', async () => {
  const secret = { ...statement("alter role r password 'hunter2'", 'privilege'), reasons: [{ code: 'secret-in-text', message: '' }] };
  const { ports, records } = createFakes({ verdict: verdict(secret), consents: [{ kind: 'roll-back', why: 'declined' }] });
  await runStatement(ports, request({ text: secret.text }));
  assert.ok(records.length > 0);
  assert.ok(!JSON.stringify(records).includes('hunter2'));
});
