/** What is recorded when a connection or a setting is changed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeProfileChanges, describeSettingChanges } from '../../../../src/core/audit/controlChanges.ts';
import type { ConnectionProfile } from '../../../../src/core/profile/connection.ts';
import { production } from '../../../fakes/ports.ts';

const own: ConnectionProfile = { ...production, source: 'personal' };

const rows: readonly (readonly [what: string, former: readonly ConnectionProfile[], next: readonly ConnectionProfile[], changes: readonly string[]])[] = [
  ['nothing', [own], [{ ...own }], []],
  ['a new one', [], [own], ['shop-prod: added (app@db-1:5432/shop, production)']],
  ['one that is gone', [own], [], ['shop-prod: removed (app@db-1:5432/shop)']],
  ['another host and user', [own], [{ ...own, host: 'db-2', user: 'root' }], ['shop-prod: target app@db-1:5432/shop → root@db-2:5432/shop']],
  ['less protected', [own], [{ ...own, environment: 'development', protected: false, tls: { mode: 'disable' } }], ['shop-prod: environment production → development', 'shop-prod: protected yes → no', 'shop-prod: TLS verify-full → disable']],
  ['more access', [{ ...own, access: 'readOnly' }], [own], ['shop-prod: access readOnly → none']],
  ['a folder that was opened', [], [production], []],
  ['a folder that was closed', [production], [], []],
  ['a team file that leads elsewhere', [production], [{ ...production, host: 'evil' }], ['shop-prod: target app@db-1:5432/shop → app@evil:5432/shop']],
];

describe('changed connections', () => {
  for (const [what, former, next, changes] of rows) it(what, () => assert.deepEqual(describeProfileChanges(former, next).flatMap((change) => change.changes), changes));
});

describe('changed settings', () => {
  it('are named with what they were and are', () => {
    assert.deepEqual(describeSettingChanges({ a: 1, b: 'x', c: [1] }, { a: 1, b: 'y', d: true }), ['b: "x" → "y"', 'c: [1] → not set', 'd: not set → true']);
  });
  it('are cut where they are long', () => assert.ok((describeSettingChanges({}, { a: 'x'.repeat(5000) })[0] ?? '').length < 300));
});
