import assert from 'node:assert/strict';
import { test } from 'node:test';
import { affectedShare } from '../../../../src/core/effect/affectedShare.ts';
import type { TableEffect } from '../../../../src/core/effect/preview.ts';

const rows: readonly (readonly [counts: Partial<TableEffect>, expected: string | undefined])[] = [
  [{ deleted: 3, tableRows: 100 }, undefined],
  [{ deleted: 3 }, undefined],
  [{ inserted: 500, tableRows: 100 }, undefined],
  [{ deleted: 1, tableRows: 1 }, undefined],
  [{ deleted: 2, tableRows: 2 }, 'high: Deletes every row of t (2).'],
  [{ updated: 6, tableRows: 10 }, undefined],
  [{ updated: 50, tableRows: 100 }, 'high: Updates 50 of 100 rows in t, 50 %.'],
  [{ updated: 30, deleted: 30, tableRows: 100 }, 'high: Touches 60 of 100 rows in t, 60 %.'],
  [{ updated: 120, tableRows: 100 }, 'high: Updates every row of t (100).'],
  [{ deleted: 99_999, tableRows: 100_000 }, 'high: Deletes 99,999 of 100,000 rows in t, 99 %.'],
  [{ deleted: 12_000, tableRows: 100_000 }, 'medium: Deletes 12,000 of 100,000 rows in t, 12 %.'],
  [{ deleted: 90, tableRows: 900 }, undefined],
  [{ deleted: 5000, tableRows: 5000, emptied: true }, undefined],
  [{ deleted: 5, tableRows: -1 }, undefined],
];

for (const [counts, expected] of rows) {
  test(`${JSON.stringify(counts)}: ${expected ?? 'nothing to say'}`, () => {
    const share = affectedShare({ table: { schema: 'public', table: 't' }, inserted: 0, updated: 0, deleted: 0, why: 'statement', ...counts });
    assert.equal(share && `${share.severity}: ${share.message}`, expected);
  });
}
