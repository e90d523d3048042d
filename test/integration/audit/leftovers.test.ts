/** Commits that a killed program announced, on servers that remember no transaction and on one that does: settled, or recorded as unknown. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createJournal } from '../../../src/adapters/audit/journal.ts';
import { readLeftovers } from '../../../src/adapters/audit/leftovers.ts';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';
import type { IntentReceipt, Session } from '../../../src/app/ports.ts';
import { settleFor } from '../../../src/app/settleLeftovers.ts';
import type { AuditRecord } from '../../../src/core/audit/record.ts';
import { describeTarget, type ConnectionProfile } from '../../../src/core/profile/connection.ts';
import { open } from '../../contract/session.contract.ts';
import { systemClock as clock } from '../../support/clock.ts';
import { sharedServer } from '../../support/mysql.ts';
import { mysqlProfile, openMysqlTestSession } from '../../support/mysqlSession.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { openTestSession, testProfile } from '../../support/postgresSession.ts';

const actor = { kind: 'human', osUser: 'ann', host: 'laptop' } as const;

/** What a program records until it is gone, and what the next one makes of it with this session. */
async function settledAs(profile: ConnectionProfile, session: Session, facts: Partial<AuditRecord>): Promise<readonly (string | undefined)[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'leftovers-'));
  try {
    const target = { connection: profile.id, environment: profile.environment, address: describeTarget(profile) };
    const gone = createSpool({ folder, clock, start: () => ({}) });
    const announced = { run: 'r1', time: clock.now(), actor, target, kind: 'commit-intent', ...facts } as const;
    await createJournal({ spool: gone, clock }).intent(announced);
    await gone.close();
    const spool = createSpool({ folder, clock, start: () => ({}) });
    const records: AuditRecord[] = [];
    const journal = createJournal({ spool, clock });
    const noting = { ...journal, outcome: async (record: AuditRecord) => (records.push(record), await journal.outcome(record)) };
    await settleFor(profile, session, { find: async () => await readLeftovers(folder), journal: noting, clock });
    assert.deepEqual(await readLeftovers(folder), [], 'the next program finds nothing open');
    await spool.close();
    return records.map(({ kind, reason }) => `${kind} ${reason ?? ''}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

for (const dialect of ['mysql', 'mariadb'] as const) {
  const { server, skip } = await sharedServer(dialect);
  describe(`a commit that was announced on ${dialect}`, { skip }, () => {
    it('is recorded as unknown by the next program: the server remembers nothing, and values of rows are in no record', async () => {
      assert.ok(server);
      const database = await server.createDatabase('CREATE TABLE t (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO t VALUES (1), (2)');
      const user = await database.createUser();
      const session = await openMysqlTestSession(dialect, database, user);
      const change = await open(session, ['DELETE FROM t WHERE id = 1']);
      await change.commit({ id: 'x' } as IntentReceipt);
      const next = await openMysqlTestSession(dialect, database, user);
      const { transactionId } = change.preview;
      assert.deepEqual(await settledAs(mysqlProfile(dialect, database, user.user), next, transactionId === undefined ? {} : { transactionId }), ['settled unknown']);
      await Promise.all([session.close(), next.close()]);
    });
  });
}

describe('a commit that was announced on PostgreSQL', () => {
  for (const [end, settled] of [['commit', 'settled committed'], ['rollback', 'settled rolled-back']] as const) {
    it(`and then ended with ${end} is recorded as that by the next program`, async () => {
      const database = await createTestDatabase('CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)');
      const session = await openTestSession(database);
      const change = await open(session, ['DELETE FROM t WHERE id = 1']);
      const { transactionId } = change.preview;
      const transactionMark = await change.mark?.();
      assert.ok(transactionId !== undefined && transactionMark !== undefined);
      await (end === 'commit' ? change.commit({ id: 'x' } as IntentReceipt) : change.rollback());
      const next = await openTestSession(database);
      assert.deepEqual(await settledAs(testProfile(database), next, { transactionId, transactionMark }), [settled]);
      await Promise.all([session.close(), next.close()]);
    });
  }
});
