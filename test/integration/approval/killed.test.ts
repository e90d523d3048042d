/** A program that is killed while it runs what others approved: it is never run twice, and never left without an end. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createJournal } from '../../../src/adapters/audit/journal.ts';
import { readLeftovers } from '../../../src/adapters/audit/leftovers.ts';
import { readRunFates } from '../../../src/adapters/audit/runFates.ts';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';
import { createPendingRequests } from '../../../src/adapters/confirmation/pendingRequests.ts';
import { lacksReview } from '../../../src/app/askAfterwards.ts';
import type { PendingState } from '../../../src/app/approvalPorts.ts';
import { settleFor } from '../../../src/app/settleLeftovers.ts';
import { settleTaken } from '../../../src/app/settleTaken.ts';
import { systemClock as clock } from '../../support/clock.ts';
import { fileVault } from '../../support/confirmation/vault.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { openTestSession, testProfile } from '../../support/postgresSession.ts';
import { until } from '../../support/until.ts';
import type { Moment } from './killedRun.ts';
import { contents, fill } from './subjects.ts';

type Row = readonly [moment: Moment, left: PendingState, settled: PendingState, isCommitted: boolean, how?: 'emergency'];
const rows: readonly Row[] = [
  ['claimed', 'waiting', 'waiting', false],
  ['taken', 'failed', 'failed', false],
  ['measured', 'failed', 'failed', false],
  ['announced', 'in-doubt', 'failed', false],
  ['committed', 'in-doubt', 'committed', true],
  // Without others: what was recorded and not committed is no commit, and what was committed is put to others later.
  ['taken', 'failed', 'failed', false, 'emergency'],
  ['committed', 'in-doubt', 'committed', true, 'emergency'],
];

describe('killed', () => {
  for (const [moment, left, settled, isCommitted, how = ''] of rows) {
    test(`when it had just ${moment}${how === '' ? '' : ' in an emergency'}: ${settled}`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'killed-'));
      const database = await createTestDatabase(fill.join(';'));
      const before = await contents(database);
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, 'killedRun.ts'), JSON.stringify(database), folder, moment, how], { stdio: ['ignore', 'inherit', 'inherit'] });
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL');

      const audit = path.join(folder, 'audit');
      const vault = fileVault(path.join(folder, 'vault'));
      const pending = createPendingRequests({ folder: path.join(folder, 'requests'), secrets: () => vault });
      const [entry] = await pending.list();
      assert.ok(entry);
      const settle = async (): Promise<PendingState | undefined> => {
        await settleTaken(pending, async (runs) => await readRunFates(audit, runs));
        return (await pending.get(entry.id))?.state;
      };
      assert.equal(await settle(), left);
      // What was claimed and not taken can still be run; what was taken never again.
      assert.equal(moment === 'claimed' || !(await pending.take(entry.id)), true);

      const spool = createSpool({ folder: audit, clock, start: () => ({}) });
      const session = await openTestSession(database);
      const journal = createJournal({ spool, clock });
      // The server may take a moment to see that nobody is there any more.
      await until('the server has said what became of it', async () => {
        await settleFor(testProfile(database), session, { find: async () => await readLeftovers(audit), journal, clock });
        return (await readLeftovers(audit)).length === 0;
      });
      assert.equal(await settle(), settled);
      const now = await contents(database);
      if (isCommitted) assert.notEqual(now, before);
      else assert.equal(now, before);
      const all = await pending.list();
      assert.equal(all.filter((each) => lacksReview(each, all)).length, how === 'emergency' && isCommitted ? 1 : 0, 'others are asked when a window is there again');
      const recorded = (await readdir(audit, { recursive: true, withFileTypes: true })).filter((file) => file.isFile()).map(({ parentPath, name }) => readFileSync(path.join(parentPath, name), 'utf8')).join('');
      assert.equal(recorded.includes('"kind":"break-glass"'), how === 'emergency', 'it was on record before anything ran');
      await session.close();
      await spool.close();
      rmSync(folder, { recursive: true });
    });
  }
});
