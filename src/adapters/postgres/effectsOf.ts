/** From counter readings to effects: of the whole change, and of each statement of it. */
import { diffStep, type TableCounters } from '../../core/effect/counters.ts';
import { summariseEffects, type EmptiedTable, type Measurement } from '../../core/effect/measurement.ts';
import type { Exactness, TableEffect } from '../../core/effect/preview.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { StepResult } from './batch.ts';
import { emptiesTables, targetNames, type Measured } from './measure.ts';

export type Counted = {
  readonly statements: readonly ClassifiedStatement[];
  /** Answers of the statements. */
  readonly answers: readonly (StepResult | undefined)[];
  readonly before: TableCounters;
  /** Behind each statement; empty when the shares are not measured. */
  readonly readings: readonly TableCounters[];
  readonly measured: Measured;
  readonly emptied: readonly EmptiedTable[];
  /** Emptied tables whose lost rows are the server's estimate. */
  readonly estimated: ReadonlySet<string>;
  /** Rows the targets had. */
  readonly sizes: ReadonlyMap<string, number>;
};

/** Effects of the change as a whole. */
export function effectsOfChange(counted: Counted): readonly TableEffect[] {
  const { before, measured, emptied, statements } = counted;
  return summariseEffects({ before, after: measured.counters, emptied, causes: measured.causes, ...factsOf(counted, statements.map((_, index) => index)) });
}

/** Each statement's own share; `undefined` when it is not known. */
export function effectsOfStatements(counted: Counted): readonly (readonly TableEffect[])[] | undefined {
  const { statements, readings, before, measured, emptied } = counted;
  if (readings.length !== statements.length) return undefined;
  const emptiedBy = attribute(counted);
  if (!emptiedBy) return undefined;
  const names = targetNames(statements);
  return statements.map((statement, index) => {
    const own = new Set(targetNames([statement]).flatMap((name) => measured.targetAt(names.indexOf(name)) ?? []));
    const counts = diffStep(readings[index - 1] ?? before, readings[index] ?? before, before);
    const causes = { ...measured.causes, targets: measured.causes.targets.filter((id) => own.has(id)), views: measured.causes.views.filter(({ id }) => own.has(id)) };
    return summariseEffects({ before: new Map(), after: counts, emptied: emptied.filter(({ id }) => emptiedBy.get(id) === index), causes, ...factsOf(counted, [index]) });
  });
}

function factsOf(counted: Counted, indexes: readonly number[]): Pick<Measurement, 'tables' | 'exactness' | 'tableRows' | 'stated'> {
  const { measured, emptied, estimated, sizes } = counted;
  const stated = statedBy(counted, indexes);
  const guessed = new Set(emptied.filter(({ id }) => estimated.has(id)).map(({ id, root }) => root?.id ?? id));
  const lost = new Map<string, number>();
  for (const { id, root, rows } of emptied) lost.set(root?.id ?? id, (lost.get(root?.id ?? id) ?? 0) + rows);
  return {
    // What was emptied or dropped later has counted nothing in the end.
    tables: [...measured.tables, ...emptied],
    exactness: (id): Exactness => {
      if (guessed.has(id)) return 'predicted';
      return measured.hidden.has(id) || measured.foreignTables.length > 0 ? 'listed' : 'exact';
    },
    tableRows: (id) => sizes.get(id) ?? lost.get(id) ?? measured.estimates.get(id),
    ...(stated === undefined ? {} : { stated }),
  };
}

/** Rows the answers tell of; nothing when one of the statements changes rows that its answer does not tell of. */
function statedBy({ statements, answers }: Counted, indexes: readonly number[]): number | undefined {
  let sum = 0;
  for (const index of indexes) {
    if (statements[index]?.targets.some(({ access }) => access === 'write') !== true) continue;
    const rows = /^(?:INSERT 0|UPDATE|DELETE|MERGE|COPY) (\d+)$/.exec(answers[index]?.tag ?? '')?.[1];
    if (rows === undefined) return undefined;
    sum += Number(rows);
  }
  return sum;
}

/** Emptied tables → index of the statement that emptied them. */
function attribute({ statements, emptied, measured }: Counted): ReadonlyMap<string, number> | undefined {
  const emptying = statements.flatMap((statement, index) => (emptiesTables(statement) ? [index] : []));
  const [only, ...others] = emptying;
  if (only !== undefined && others.length === 0) return new Map(emptied.map(({ id }) => [id, only]));
  const names = targetNames(statements);
  const found = new Map<string, number>();
  for (const { id, root } of emptied) {
    const index = statements.findIndex((statement) => emptiesTables(statement) && targetNames([statement]).some((name) => [id, root?.id].includes(measured.targetAt(names.indexOf(name)))));
    if (index < 0) return undefined;
    found.set(id, index);
  }
  return found;
}
