/**
 * Random tables and random changes on MySQL and MariaDB: what is said of a change is what two full dumps of the database say or is
 * labelled, a repeat has the same fingerprint, and the way back leads to the first dump.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { OpenChange } from '../../../src/app/ports.ts';
import { compareFingerprints } from '../../../src/core/effect/drift.ts';
import type { Fingerprint } from '../../../src/core/effect/fingerprint.ts';
import type { TableImages } from '../../../src/core/effect/preview.ts';
import { assertEffects, assertImages, differences, type TableDifference } from '../../contract/effectsDiff.ts';
import { sharedServer, type MysqlDialect } from '../../support/mysql.ts';
import { inLab, receipt, type Lab } from '../mysql/changeHarness.ts';
import { closeMysqlAnalyser, mysqlContents, runUndo, statementsOf } from '../undo/mysqlRounds.ts';
import { createRandom } from '../undo/randomSchemas.ts';
import { createWideMysql, wideMysqlChange } from './wideMysql.ts';

const schemas = Number(process.env['EFFECT_SCHEMAS'] ?? 1);
const rounds = Number(process.env['EFFECT_ROUNDS'] ?? 6);
const firstSeed = Number(process.env['EFFECT_SEED'] ?? 1);
const only = process.env['EFFECT_SERVER'];

after(closeMysqlAnalyser);

const honestReasons = [
  /exchanged values that must be unique, and rows elsewhere depend on them/,
  /refused it when it was tried: (?:Duplicate entry|Cannot (?:add or update|delete or update)|Can't|Incorrect date|Incorrect datetime|Foreign key cascade)/,
  /too large to be written back/,
  /not every (?:row that changed|changed row of .+) is known/,
  /would not come back as they were/,
  /taking it back would change \d+ further rows? over foreign keys/,
  /has no key by which its rows could be found again/,
];

for (const dialect of ['mariadb', 'mysql'] as const satisfies readonly MysqlDialect[]) {
  if (only !== undefined && only !== dialect) continue;
  const { skip } = await sharedServer(dialect);
  const tally: Record<string, number> = {};
  const count = (what: string) => {
    tally[what] = (tally[what] ?? 0) + 1;
  };
  describe(`${dialect}: random changes do what is said of them`, { skip }, () => {
    for (let index = 0; index < schemas; index += 1) {
      const seed = firstSeed + index;
      test(`seed ${String(seed)}`, async () => {
        const random = createRandom(seed);
        const { tables, sql } = createWideMysql(random, dialect);
        await inLab(dialect, ["SET sql_mode = 'ALLOW_INVALID_DATES'", sql.join(';\n').replace(/^/u, "SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION';\n")], async (lab) => {
          for (let round = 0; round < rounds; round += 1) {
            const text = wideMysqlChange(tables, random);
            await oneRound(lab, text, count).catch((error: unknown) => {
              throw new Error(`seed ${String(seed)}, round ${String(round)}:\n${text}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
            });
          }
        });
      });
    }
    after(() => {
      if (process.env['EFFECT_SCHEMAS'] !== undefined) console.log(JSON.stringify(tally));
      assert.ok((tally['exact'] ?? 0) > 0 && (tally['undone'] ?? 0) > 0, JSON.stringify(tally));
    });
  });
}

type Seen = { readonly change: OpenChange; readonly images: readonly TableImages[]; readonly fingerprint: Fingerprint };

async function see(lab: Lab, texts: readonly string[]): Promise<Seen | undefined> {
  const start = await lab.begin(texts);
  if (start.kind === 'failed') {
    assert.match(start.failure.message, /Duplicate|Cannot|constraint|Incorrect|Data |can't|Can't|nothing is different/i);
    return undefined;
  }
  assert.ok(start.kind === 'open', JSON.stringify(start));
  const images = await start.change.images();
  const fingerprint = await start.change.fingerprint?.();
  assert.ok(fingerprint);
  return { change: start.change, images, fingerprint };
}

async function oneRound(lab: Lab, text: string, count: (what: string) => void): Promise<void> {
  const texts = await statementsOf(lab, text);
  const [before, exactly] = [await lab.dump(), await mysqlContents(lab)];
  const first = await see(lab, texts);
  if (!first) {
    count('failed');
    return;
  }
  await first.change.rollback();
  assert.deepEqual(await mysqlContents(lab), exactly, 'a rollback leaves nothing');
  const second = await see(lab, texts);
  assert.ok(second, 'the same works again');
  const comparison = compareFingerprints(first.fingerprint, second.fingerprint);
  count(`fingerprint ${comparison.kind}`);
  if (!/INSERT|REPLACE|DELETE a, b/u.test(text)) assert.equal(comparison.kind, 'equal', `a repeat is the same: ${JSON.stringify(comparison)}`);
  const undo = await second.change.undo?.();
  assert.ok(undo);
  assert.deepEqual(await second.change.commit(receipt), { kind: 'acknowledged' });
  const committed = await mysqlContents(lab);
  assertSaid(second, differences(before, await lab.dump(), undefined), count);
  if (undo.kind === 'none') {
    count('no undo');
    assert.ok(honestReasons.some((reason) => reason.test(undo.reason)), undo.reason);
    return;
  }
  const excepted = undo.leaves.flatMap((leaf) => /^[^.]+\.(.+) is not restored|^On the way back .* may write to [^.]+\.(.+)\.$/u.exec(leaf)?.slice(1) ?? []);
  const without = (dump: Record<string, readonly string[]>) => Object.fromEntries(Object.entries(dump).filter(([name]) => !excepted.includes(name)));
  if (undo.steps.length === 0) {
    count('nothing to undo');
    assert.deepEqual(without(committed), without(exactly));
    return;
  }
  assert.deepEqual(await runUndo(lab, undo), []);
  assert.deepEqual(without(await mysqlContents(lab)), without(exactly), undo.steps.map(({ sql }) => sql).join(';\n').slice(0, 2000));
  count(excepted.length > 0 ? 'undone but for triggers' : 'undone');
}

function assertSaid({ change: { preview }, images }: Seen, real: ReadonlyMap<string, TableDifference>, count: (what: string) => void): void {
  assertEffects(preview, real);
  const exact = preview.effects.every(({ exactness = 'exact' }) => exactness === 'exact');
  count(exact ? 'exact' : (preview.effects[0]?.exactness ?? ''));
  for (const each of images) {
    const found = real.get(each.table.table) ?? { hasKey: true, gone: [], come: [], pairs: [] };
    const isWhole = each.incomplete === undefined || /has no key: where/u.test(each.incomplete);
    if (!isWhole) count('incomplete');
    const keyless = each.key.length === 0 || !found.hasKey;
    assertImages(each, keyless ? { hasKey: false, gone: [...found.gone, ...found.pairs.map((pair) => pair.before)], come: [...found.come, ...found.pairs.map((pair) => pair.after)], pairs: [] } : found, { isWhole, isCounted: isWhole });
  }
}
