/**
 * What a change is said to do is what it does, on every server: each case runs twice, is compared with a full dump of the
 * database before and after, and leaves nothing when it is rolled back.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createAnalyser } from '../../src/adapters/sql/analyser.ts';
import type { ChangeStart, IntentReceipt, OpenChange, Session } from '../../src/app/ports.ts';
import { compareFingerprints } from '../../src/core/effect/drift.ts';
import type { Fingerprint } from '../../src/core/effect/fingerprint.ts';
import type { TableImages } from '../../src/core/effect/preview.ts';
import type { Dialect } from '../../src/core/sql/verdict.ts';
import { effectCases, refusedCases } from './effectCases/all.ts';
import { assertEffects, assertImages, differences } from './effectsDiff.ts';
import { forDialect, type EffectsCase, type EffectsDatabase, type EffectsSubject, type RefusedCase } from './effectsSubject.ts';

const receipt = { id: 'effects' } as IntentReceipt;
const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 20_000, holdMs: 30_000 };

type Runnable = { readonly schema: readonly string[]; readonly change: readonly string[] };

export function describeEffects(subject: EffectsSubject, options: { readonly skip?: string | false } = {}): void {
  const analyser = createAnalyser();

  const begin = async (session: Session, texts: readonly string[], maxRows: number): Promise<ChangeStart> => {
    const { statements, error } = await analyser.analyse(texts.join(';\n'), subject.dialect);
    assert.equal(error, undefined);
    assert.equal(statements.length, texts.length);
    return await session.beginChange({ statements, limits: { ...limits, maxRows }, signal: new AbortController().signal });
  };

  const open = async (session: Session, texts: readonly string[], maxRows: number): Promise<OpenChange> => {
    const start = await begin(session, texts, maxRows);
    assert.ok(start.kind === 'open', start.kind === 'failed' ? `${start.failure.message} ${start.failure.detail ?? ''}` : start.kind);
    return start.change;
  };

  const within = async (asRole: boolean, { schema }: Runnable, work: (database: EffectsDatabase, session: Session) => Promise<void>): Promise<void> => {
    const database = await subject.setUp(schema);
    try {
      const session = await database.open(asRole);
      try {
        await work(database, session);
      } finally {
        await session.close();
      }
    } finally {
      await database.close();
    }
  };

  describe(`effects: ${subject.name}`, { skip: options.skip ?? false }, () => {
    after(() => analyser.dispose());

    for (const each of effectCases) {
      const runnable = runnableOn(each, subject);
      if (runnable === undefined) continue;
      test(each.name, () => within(each.asRole === true, runnable, (database, session) => checkCase({ each, dialect: subject.dialect, database, open: () => open(session, runnable.change, each.maxRows ?? 1000) })));
    }

    for (const each of refusedCases) {
      const runnable = runnableOn(each, subject);
      if (runnable === undefined) continue;
      test(`refused: ${each.name}`, () =>
        within(false, runnable, async (database, session) => {
          const before = await database.dump();
          const start = await begin(session, runnable.change, 10);
          assert.match(start.kind === 'failed' ? start.failure.message : start.kind, each.says);
          assert.equal(session.transactionState(), 'none');
          assert.deepEqual(await database.dump(), before);
        }));
    }

    test('every case runs here or says why not', () => {
      for (const each of [...effectCases, ...refusedCases]) assertReasoned(each, subject);
    });
  });
}

type Checked = { readonly each: EffectsCase; readonly dialect: Dialect; readonly database: EffectsDatabase; readonly open: () => Promise<OpenChange> };

async function checkCase({ each, dialect, database, open }: Checked): Promise<void> {
  const before = await database.dump();
  const first = await open();
  const rolledBack = await first.images();
  const approved = await first.fingerprint?.();
  if (each.exclusive !== true) assert.deepEqual(await database.dump(), before, 'nobody else sees an open change');
  await first.rollback();
  assert.deepEqual(await database.dump(), before, 'a rollback leaves nothing');

  const second = await open();
  const committed = await second.images();
  const repeated = await second.fingerprint?.();
  assert.deepEqual(await second.commit(receipt), { kind: 'acknowledged' });
  const real = differences(before, await database.dump(), each.identity);

  assertEffects(second.preview, real);
  assert.deepEqual(rolledBack.map(({ totals }) => totals), committed.map(({ totals }) => totals), 'both runs do the same');
  if (approved && repeated) assertFingerprints(each, approved, repeated);
  for (const images of committed) {
    const name = images.table.table;
    const said = each.incomplete?.[name];
    if (said) assert.match(images.incomplete ?? '', said);
    else assert.equal(images.incomplete, undefined, name);
    const isCounted = each.uncounted?.includes(name) !== true;
    assertImages(images, real.get(name) ?? { hasKey: true, gone: [], come: [], pairs: [] }, { isWhole: said === undefined, isCounted });
  }
  const shown = new Set(committed.map(({ table }: TableImages) => table.table));
  for (const { table } of second.preview.effects) assert.ok(shown.has(table.table), `the rows of ${table.table} are neither listed nor said to be missing`);
  for (const [name, cause] of Object.entries(each.causes ?? {})) assertCause(second, name, dialect === 'postgresql' ? [cause] : [cause, 'unknown']);
  if (each.permanent) assert.match(second.preview.permanent.join('\n'), each.permanent);
}

function assertFingerprints(each: EffectsCase, approved: Fingerprint, repeated: Fingerprint): void {
  assert.ok(approved.kind === 'fingerprint', JSON.stringify(approved));
  // Only what was lost at once, or may not be read, is bound by its counts alone.
  assert.equal(approved.complete, each.exclusive !== true && each.uncounted === undefined, JSON.stringify(approved));
  if (each.unstable === undefined) assert.deepEqual(compareFingerprints(approved, repeated), { kind: 'equal', complete: approved.complete });
  else assert.equal(compareFingerprints(approved, repeated).kind, 'drift', each.unstable);
}

function assertCause({ preview }: OpenChange, name: string, causes: readonly string[]): void {
  const effect = preview.effects.find(({ table }) => table.table === name);
  assert.ok(effect, `${name} has no effect`);
  assert.ok(causes.includes(effect.cause ?? 'unknown'), `${name}: ${effect.cause ?? 'no cause'} (${effect.why}), not ${causes.join(' or ')}`);
}

function runnableOn(each: EffectsCase | RefusedCase, { dialect, exceptions }: EffectsSubject): Runnable | undefined {
  const [schema, change] = [forDialect(each.schema, dialect), forDialect(each.change, dialect)];
  if (each.skip?.[dialect] !== undefined || exceptions?.[each.name] !== undefined) return undefined;
  return schema && change ? { schema, change } : undefined;
}

function assertReasoned(each: EffectsCase | RefusedCase, subject: EffectsSubject): void {
  const reason = each.skip?.[subject.dialect] ?? subject.exceptions?.[each.name];
  const isWritten = (dialect: Dialect) => forDialect(each.schema, dialect) !== undefined && forDialect(each.change, dialect) !== undefined;
  assert.ok(reason !== undefined || isWritten(subject.dialect), `${each.name} is not written for ${subject.dialect}, and no reason is given`);
}
