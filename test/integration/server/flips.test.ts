/** Every bit of a valid approval matters, whatever it was signed with. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { acceptedFlips } from '../../support/confirmation/flips.ts';
import type { ApprovalCase } from '../../vectors/confirmation/generateApprovals.ts';

const { cases, keys }: { cases: readonly ApprovalCase[]; keys: object } = JSON.parse(readFileSync(new URL('../../vectors/confirmation/approvals.json', import.meta.url), 'utf8'));

describe('a valid approval with any one bit changed is refused', () => {
  for (const { name, envelopes } of cases.filter((row) => Object.hasOwn(keys, row.name))) {
    test(name, async () => assert.deepEqual(await acceptedFlips(envelopes[0]), []));
  }
});
