/**
 * Random tables and random changes on PostgreSQL: what is said of a change is what two full dumps of the database say, a repeat has
 * the same fingerprint and one of other rows another, and the way back leads to the first dump.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { OpenChange, Session } from '../../../src/app/ports.ts';
import { compareFingerprints } from '../../../src/core/effect/drift.ts';
import type { Fingerprint } from '../../../src/core/effect/fingerprint.ts';
import type { TableImages } from '../../../src/core/effect/preview.ts';
import type { Undo } from '../../../src/core/undo/undo.ts';
import { assertEffects, assertImages, differences, type TableDifference } from '../../contract/effectsDiff.ts';
import type { Dump } from '../../contract/effectsSubject.ts';
import { dumpPostgres } from '../../contract/postgresDump.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openTestSession } from '../../support/postgresSession.ts';
import { createRandom, type Random } from '../undo/randomSchemas.ts';
import { classify, closeAnalyser, limits, receipt } from '../undo/undoRounds.ts';
import { createWideSql, createWideTables, wideChange, type WideTable } from './wideSchema.ts';

/** More of them, or one alone, where somebody looks for what nobody thought of. */
const schemas = Number(process.env['EFFECT_SCHEMAS'] ?? 2);
const rounds = Number(process.env['EFFECT_ROUNDS'] ?? 6);
const firstSeed = Number(process.env['EFFECT_SEED'] ?? 1);
const version = process.env['EFFECT_SERVER'] === 'system' ? 'system' : 'package';

after(closeAnalyser);

const tally: Record<string, number> = {};
const count = (what: string) => {
  tally[what] = (tally[what] ?? 0) + 1;
};

/** Why there may be no way back; anything else is a fault. */
const honestReasons = [
  /exchanged values that must be unique, and rows elsewhere depend on them/,
  /another generated number, and rows elsewhere depend on it/,
  /the server refused it when it was tried: (?:duplicate key|.*violates|update or delete|DO ALSO rules)/,
  /are dropped without being kept/,
  /of the rows would not come back/,
  /the change alters definitions/,
  /too large to be written back/,
  /would not come back as they were/,
  /taking it back would change rows of/,
];

describe('random changes do what is said of them', () => {
  for (let index = 0; index < schemas; index += 1) {
    const seed = firstSeed + index;
    test(`seed ${String(seed)}`, async (it) => {
      const random = createRandom(seed);
      const tables = createWideTables(random);
      const database = await createTestDatabase(createWideSql(tables, random), version);
      const session = await openTestSession(database);
      it.after(() => session.close());
      for (let round = 0; round < rounds; round += 1) {
        const text = wideChange(tables, random);
        await oneRound({ database, session, tables, random }, text).catch((error: unknown) => {
          throw new Error(`seed ${String(seed)}, round ${String(round)}:\n${text}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
        });
      }
    });
  }
  after(() => {
    if (process.env['EFFECT_SCHEMAS'] !== undefined) console.log(JSON.stringify(tally));
    assert.ok((tally['listed'] ?? 0) > 0 && (tally['undone'] ?? 0) > 0, JSON.stringify(tally));
  });
});

type Lab = { readonly database: TestDatabase; readonly session: Session; readonly tables: readonly WideTable[]; readonly random: Random };

type Seen = { readonly change: OpenChange; readonly images: readonly TableImages[]; readonly fingerprint: Fingerprint };

async function see({ session }: Lab, text: string): Promise<Seen | undefined> {
  const start = await session.beginChange({ statements: await classify(text), limits: { ...limits, maxRows: 1000 }, signal: new AbortController().signal });
  if (start.kind === 'failed') {
    assert.match(start.failure.message, /violates|duplicate key|cannot affect row a second time|cannot truncate|must be|nothing is different/i);
    return undefined;
  }
  assert.ok(start.kind === 'open', JSON.stringify(start));
  const images = await start.change.images();
  const fingerprint = await start.change.fingerprint?.();
  assert.ok(fingerprint);
  return { change: start.change, images, fingerprint };
}

async function oneRound(lab: Lab, text: string): Promise<void> {
  const before = await dumpPostgres(lab.database);
  const first = await see(lab, text);
  if (!first) {
    count('failed');
    return;
  }
  await first.change.rollback();
  assert.deepEqual(await dumpPostgres(lab.database), before, 'a rollback leaves nothing');
  const second = await see(lab, text);
  assert.ok(second, 'the same works again');
  const comparison = compareFingerprints(first.fingerprint, second.fingerprint);
  assert.equal(comparison.kind, 'equal', `a repeat is the same: ${JSON.stringify(comparison)}`);
  const undo = await second.change.undo?.();
  assert.ok(undo);
  assert.deepEqual(await second.change.commit(receipt), { kind: 'acknowledged' });
  const committed = await dumpPostgres(lab.database);
  assertSaid(lab, second, differences(before, committed, undefined));
  await assertUndone(lab, undo, before, committed);
}

function assertSaid({ tables }: Lab, { change, images }: Seen, real: ReadonlyMap<string, TableDifference>): void {
  assertEffects(change.preview, real);
  for (const each of images.filter(({ table }) => table.table !== 'scratch')) {
    const name = each.table.table;
    const found = real.get(name) ?? { hasKey: true, gone: [], come: [], pairs: [] };
    const isLost = change.preview.effects.some((effect) => effect.emptied === true && effect.table.table === name);
    if (!isLost && each.incomplete !== undefined) assert.match(each.incomplete, /has no key: where it cannot be told/, name);
    count(isLost ? 'emptied' : 'listed');
    // A row that came may equal one that was lost before.
    if (isLost) continue;
    assertImages(each, loosened(found, tables.some((table) => bare(table.name) === name && table.partitions !== 'none')), { isWhole: each.incomplete === undefined, isCounted: true });
  }
  const shown = new Set(images.map(({ table }) => table.table));
  for (const { table, exactness } of change.preview.effects) {
    assert.ok(shown.has(table.table), `the rows of ${table.table} are neither listed nor said to be missing`);
    assert.equal(exactness ?? 'exact', 'exact', table.table);
  }
}

/** A row that moves to another partition is told by what stays of its key, which a comparison by key does not know. */
function loosened(found: TableDifference, isPartitioned: boolean): TableDifference {
  if (!isPartitioned) return found;
  return { hasKey: false, gone: [...found.gone, ...found.pairs.map((pair) => pair.before)], come: [...found.come, ...found.pairs.map((pair) => pair.after)], pairs: [] };
}

function bare(name: string): string {
  return name.replace(/^app\./u, '').replaceAll('""', '\u0000').replaceAll('"', '').replaceAll('\u0000', '"');
}

async function assertUndone({ session, database }: Lab, undo: Undo, before: Dump, committed: Dump): Promise<void> {
  if (undo.kind === 'none') {
    count('no undo');
    assert.ok(honestReasons.some((reason) => reason.test(undo.reason)), undo.reason);
    return;
  }
  const [step] = undo.steps;
  const excepted = new Set(undo.leaves.flatMap((leaf) => /^[^.]+\.(.+) is not restored|^In [^.]+\.(.+) \d+ rows? do(?:es)? not come back exactly|^On the way back .* writes to [^.]+\.(.+)\.$/u.exec(leaf)?.slice(1) ?? []));
  const without = (dump: Dump) => new Map([...dump].filter(([name]) => !excepted.has(name)));
  if (!step) {
    count('nothing to undo');
    assert.deepEqual(without(committed), without(before));
    return;
  }
  const start = await session.beginChange({ statements: await classify(step.sql), limits: { ...limits, returnedRows: 5 }, signal: new AbortController().signal });
  if (start.kind !== 'open') assert.fail(`${JSON.stringify(start)}\n${step.sql}`);
  assert.deepEqual(start.change.preview.statements[0]?.returned ?? [], [], step.sql);
  assert.deepEqual(await start.change.commit(receipt), { kind: 'acknowledged' });
  assert.deepEqual(without(await dumpPostgres(database)), without(before), step.sql.slice(0, 3000));
  count(excepted.size > 0 ? 'undone but for triggers' : 'undone');
}
