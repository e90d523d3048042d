/** Signs of life, and a bound for what waits for endpoints. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createCursor } from '../../../../src/adapters/audit/delivery/cursor.ts';
import { createSpool, type Spool } from '../../../../src/adapters/audit/spool/spool.ts';
import { heartbeatMs, startUpkeep, type Upkeep } from '../../../../src/adapters/audit/spool/upkeep.ts';
import type { UpkeepRecord } from '../../../../src/core/audit/record.ts';
import { ManualClock } from '../../../fakes/ports.ts';

const actor = { kind: 'human', osUser: 'ann', host: 'laptop' } as const;

type Used = { readonly clock: ManualClock; readonly spool: Spool; readonly upkeep: Upkeep; readonly noted: UpkeepRecord[]; readonly keepers: string[]; deliverAll(): Promise<void> };

async function withUpkeep(use: (used: Used) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'upkeep-'));
  const clock = new ManualClock();
  const spool = createSpool({ folder, clock, start: () => ({}) });
  const noted: UpkeepRecord[] = [];
  const keepers = ['e'];
  const upkeep = startUpkeep({ spool, folder, clock, actor, note: (record) => Promise.resolve(void noted.push(record)), keepers: () => Promise.resolve(keepers), bounds: () => ({ keepMs: 1e12, maxBytes: 4000 }) });
  try {
    const deliverAll = async (): Promise<void> => {
      if (spool.head) await createCursor(folder, spool.head.stream, 'e').write(spool.head);
    };
    await use({ clock, spool, upkeep, noted, keepers, deliverAll });
  } finally {
    upkeep.close();
    await spool.close();
    await rm(folder, { recursive: true });
  }
}

const pad = 'x'.repeat(900);

describe('upkeep', () => {
  it('says every hour that the program is still there, once it recorded something', async () => {
    await withUpkeep(async ({ clock, spool, noted }) => {
      clock.advance(heartbeatMs);
      assert.deepEqual(noted, []);
      await spool.append({ kind: 'read' });
      clock.advance(heartbeatMs);
      clock.advance(heartbeatMs);
      assert.deepEqual(noted.map(({ kind, time }) => [kind, time]), [['heartbeat', 2 * heartbeatMs], ['heartbeat', 3 * heartbeatMs]]);
    });
  });

  it('lets no more wait than the bound, and says which setting that is; delivered, there is room again', async () => {
    await withUpkeep(async ({ clock, spool, upkeep, deliverAll }) => {
      for (let n = 0; n < 3; n += 1) await spool.append({ kind: 'read', pad });
      await upkeep.tidy();
      assert.equal(upkeep.whyFull(), undefined);
      for (let n = 0; n < 3; n += 1) await spool.append({ kind: 'read', pad });
      assert.match(upkeep.whyFull() ?? '', /countersign\.audit\.spoolMegabytes/u);
      await upkeep.tidy();
      assert.notEqual(upkeep.whyFull(), undefined, 'nothing was delivered meanwhile');
      await deliverAll();
      clock.advance(5000);
      upkeep.delivered();
      await upkeep.tidy();
      assert.equal(upkeep.whyFull(), undefined);
    });
  });

  it('has no bound where nobody is waited for', async () => {
    await withUpkeep(async ({ spool, upkeep, keepers }) => {
      keepers.length = 0;
      for (let n = 0; n < 9; n += 1) await spool.append({ kind: 'read', pad });
      await upkeep.tidy();
      assert.equal(upkeep.whyFull(), undefined);
    });
  });
});
