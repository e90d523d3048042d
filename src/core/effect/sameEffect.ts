/** Whether a change that ran twice did the same both times: what a person agreed to is what is committed. */
import { definitionLines } from './catalog.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Preview, TableEffect, TableRef } from './preview.ts';

/** One run of a change, measured. */
export type MeasuredRun = {
  readonly preview: Pick<Preview, 'effects' | 'definition' | 'unlisted'>;
  /** Absent: counts and definitions are all that is compared. */
  readonly fingerprint?: Fingerprint;
};

/**
 * What is different, one line each; empty when the two are equal. Compared are the definitions, the tables written anew, the
 * row operations on each table and, where both runs have one, the digests of the rows.
 */
export function compareRuns(shown: MeasuredRun, again: MeasuredRun): readonly string[] {
  const lines = (run: MeasuredRun): readonly string[] => [
    // That something goes with something else is a remark; what happens to it is compared.
    ...definitionLines((run.preview.definition?.changes ?? []).map(({ cascaded: _cascaded, ...change }) => change)),
    ...(run.preview.definition?.rewritten ?? []).map((table) => `writes ${nameOf(table)} anew`),
    ...run.preview.effects.map(effectLine),
    ...((run.preview.unlisted ?? 0) > 0 ? [`changes ${String(run.preview.unlisted)} further rows`] : []),
  ];
  const [before, after] = [lines(shown), lines(again)];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `No longer: ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `Now: ${line}`),
    ...compareFingerprints(shown.fingerprint, again.fingerprint),
  ];
}

function effectLine({ table, inserted, updated, deleted, emptied }: TableEffect): string {
  return `${emptied === true ? 'empties' : 'changes'} ${nameOf(table)}: ${String(inserted)} inserted, ${String(updated)} updated, ${String(deleted)} deleted`;
}

/** Counts are compared above; here are rows of the same number that are others. */
function compareFingerprints(shown: Fingerprint | undefined, again: Fingerprint | undefined): readonly string[] {
  if (shown?.kind !== 'fingerprint' || again?.kind !== 'fingerprint') return [];
  const former = new Map(shown.tables.map((each) => [each.table, each]));
  return again.tables.flatMap(({ table, before, after }) => {
    const old = former.get(table);
    const isSame = old?.before?.sha256 === before?.sha256 && old?.after?.sha256 === after?.sha256;
    return old && !isSame ? [`Other rows than shown in ${table}`] : [];
  });
}

function nameOf({ schema, table }: TableRef): string {
  return `${schema}.${table}`;
}
