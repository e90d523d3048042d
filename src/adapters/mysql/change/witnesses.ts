/** A few rows that tell a committed change from one that was rolled back, taken before COMMIT is sent. */
import { totalOf } from '../../../core/effect/counters.ts';
import type { Line } from '../line.ts';
import { maxWitnesses, type Witness } from './evidence.ts';
import type { TableFacts } from './catalog.ts';
import type { Measured } from './measure.ts';
import { eachChange, readingProblem } from './rowChanges.ts';

/** Never rejects: without witnesses a lost answer stays in doubt. */
export async function gatherWitnesses(own: Line, measured: Measured): Promise<readonly Witness[]> {
  const tables = [...measured.tables].filter(([, { operations }]) => totalOf(operations) > 0).flatMap(([id]) => measured.plan.tables.get(id) ?? []);
  for (const facts of tables.filter(({ key }) => key.length > 0)) {
    const witnesses = await fromTable(own, measured, facts);
    if (witnesses.length > 0) return witnesses;
  }
  return [];
}

async function fromTable(own: Line, measured: Measured, facts: TableFacts): Promise<readonly Witness[]> {
  const witnesses: Witness[] = [];
  const tell = ({ id, change }: Parameters<Parameters<typeof eachChange>[0]['tell']>[0]) => {
    const before = change.kind === 'inserted' ? {} : { before: change.before };
    const after = change.kind === 'deleted' ? {} : { after: change.after };
    witnesses.push({ facts, id, ...before, ...after });
    return witnesses.length < maxWitnesses;
  };
  try {
    await eachChange({ own, measured, facts, tell }).catch(readingProblem);
  } catch {
    // The line is gone: COMMIT will say so.
  }
  return witnesses;
}
