/** Random tables, random changes: taken back they are as they were, or were refused before with a reason that names the cause. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import type { Session } from '../../../src/app/ports.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { assertSteps, classify, closeAnalyser, contents, limits, receipt } from './undoRounds.ts';
import { comparedTables, createRandom, createSql, createTables, randomChange, triggerSchema, type Random, type RandomTable } from './randomSchemas.ts';

/** More on demand. */
const schemas = Number(process.env['UNDO_SCHEMAS'] ?? 40);
const roundsPerSchema = 50;
/** One of them can be looked at alone. */
const firstSeed = Number(process.env['UNDO_SEED'] ?? 1);

after(closeAnalyser);

/** Why there may be no way back; anything else is a fault. */
const honestReasons = [/exchanged values that must be unique, and rows elsewhere depend on them/, /another generated number, and rows elsewhere depend on it/, /the server refused it when it was tried: (?:duplicate key|.*violates|update or delete)/];

type Tally = { undone: number; refused: number; broken: number; nothing: number };
const tally: Tally = { undone: 0, refused: 0, broken: 0, nothing: 0 };

describe('random changes are taken back exactly', { concurrency: 2 }, () => {
  for (let index = 0; index < schemas; index += 1) {
    const seed = firstSeed + index;
    test(`seed ${String(seed)}`, async (it) => {
      const random = createRandom(seed);
      const tables = createTables(random);
      const schema = `${triggerSchema}${createSql(tables, random)}`;
      const database = await createTestDatabase(schema);
      const session = await openTestSession(database);
      const client = new pg.Client({ connectionString: database.url() });
      it.after(async () => {
        await session.close();
        await client.end();
      });
      await client.connect();
      const look = { query: async (sql: string) => (await client.query(sql)).rows };
      for (let round = 0; round < roundsPerSchema; round += 1) await oneRound({ database: look, session, tables, random, seed, round });
    });
  }
  after(() => {
    const all = tally.undone + tally.refused;
    assert.ok(tally.undone > all * 0.8, JSON.stringify(tally));
  });
});

type Round = { readonly database: Pick<TestDatabase, 'query'>; readonly session: Session; readonly tables: readonly RandomTable[]; readonly random: Random; readonly seed: number; readonly round: number };

async function oneRound({ database, session, tables, random, seed, round }: Round): Promise<void> {
  const text = randomChange(tables, random);
  const at = `seed ${String(seed)}, round ${String(round)}: ${text}`;
  const compared = comparedTables(tables);
  const before = await contents(database, compared);
  const start = await session.beginChange({ statements: await classify(text), limits, signal: new AbortController().signal });
  if (start.kind !== 'open') {
    tally.broken += 1;
    return;
  }
  const { change } = start;
  const undo = await change.undo?.();
  if (undo?.kind === 'none') {
    await change.rollback();
    tally.refused += 1;
    assert.ok(honestReasons.some((reason) => reason.test(undo.reason)), `${at}\n${undo.reason}`);
    return;
  }
  assert.ok(undo, at);
  assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' }, at);
  const [step] = assertSteps(undo).steps;
  if (!step) {
    tally.nothing += 1;
    assert.deepEqual(await contents(database, compared), before, at);
    return;
  }
  const back = await session.beginChange({ statements: await classify(step.sql), limits: { ...limits, returnedRows: 5 }, signal: new AbortController().signal });
  if (back.kind !== 'open') assert.fail(`${at}\n${JSON.stringify(back)}\n${step.sql}`);
  assert.deepEqual(back.change.preview.statements[0]?.returned ?? [], [], at);
  assert.deepEqual(await back.change.commit(receipt), { kind: 'acknowledged' }, at);
  assert.deepEqual(await contents(database, compared), before, `${at}\n${step.sql}`);
  tally.undone += 1;
}
