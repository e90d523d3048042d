import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, RollbackReason } from '../../../src/core/outcome.ts';
import { presentBinding } from '../../../src/editor/features/colours/presentation.ts';
import { describeOutcome } from '../../../src/core/outcomeText.ts';
import { preview, production } from '../../fakes/ports.ts';

const whys: readonly RollbackReason[] = ['declined', 'expired', 'cancelled', 'closed', 'server-timeout', 'connection-lost', 'access-ended', 'others-wait', 'drifted'];
const outcomes: readonly Outcome[] = [
  { kind: 'read', statements: 1, rows: 3 },
  { kind: 'committed', preview },
  { kind: 'committed' },
  ...whys.map((why): Outcome => ({ kind: 'rolled-back', why, preview })),
  { kind: 'refused', reasons: [{ code: 'blocked', message: 'Nothing was sent: blocked.' }] },
  { kind: 'cancelled' },
  { kind: 'cancelled', sent: false },
  { kind: 'in-doubt' },
  { kind: 'failed', failure: { code: 'sql', message: 'no such table', hint: 'look again' } },
  { kind: 'in-doubt', transactionId: '742', preview },
];

for (const outcome of outcomes) {
  const name = outcome.kind === 'rolled-back' ? `${outcome.kind}: ${outcome.why}` : outcome.kind;
  test(`the end '${name}' is said in plain words`, () => {
    const { title, text } = describeOutcome(outcome, 'shop-prod');
    assert.ok(title.length > 0 && text.length > 0);
    assert.doesNotMatch(`${title}${text}`, /undefined|!/u);
    if (outcome.kind === 'rolled-back') assert.match(`${title} ${text}`, /Rolled back.*Nothing was changed on shop-prod/su);
  });
}

test('what the person did not ask for is a warning, what nobody knows an error', () => {
  const levels = Object.fromEntries(whys.map((why) => [why, describeOutcome({ kind: 'rolled-back', why }, 'x').level]));
  assert.deepEqual(levels, { declined: 'info', cancelled: 'info', expired: 'warning', closed: 'warning', 'server-timeout': 'warning', 'connection-lost': 'warning', 'access-ended': 'warning', 'others-wait': 'warning', drifted: 'warning' });
  const doubt = describeOutcome({ kind: 'in-doubt', transactionId: '742', preview }, 'x');
  assert.equal(doubt.level, 'error');
  assert.match(doubt.text, /pg_xact_status\('742'\)/u);
});

const policy = { access: 'readOnly', elevated: false, typedConfirmation: true } as const;

test('the words say what the colour says', () => {
  const bound = { kind: 'bound', profile: production } as const;
  assert.deepEqual(presentBinding(bound, policy), { environment: 'production', word: 'PROD', dialect: 'postgresql', name: 'shop-prod', where: 'app@db-1:5432/shop', access: 'read-only' });
  const access = (facts: object): string => presentBinding(bound, { ...policy, ...facts }).access;
  assert.deepEqual([access({ elevated: true }), access({ access: 'preview' }), access({ access: 'blocked', elevated: true })], ['writes allowed for a while', 'writes with preview', 'blocked']);
  const free = { ...production, protected: false, environment: 'development' } as const;
  assert.deepEqual(presentBinding({ kind: 'bound', profile: free }, policy).access, 'not protected');
});

test('a connection that changed or is gone says that nothing runs', () => {
  const changed = presentBinding({ kind: 'changed', profile: production, changes: ['host: a → b'] }, policy);
  assert.match(changed.problem ?? '', /host: a → b/u);
  assert.equal(changed.environment, 'production');
  assert.match(presentBinding({ kind: 'missing', name: 'old' }, undefined).problem ?? '', /old is gone/u);
  assert.equal(presentBinding({ kind: 'loading', name: 'old' }, undefined).problem, undefined);
});
