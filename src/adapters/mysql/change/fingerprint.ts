/** What a change did as a value that two runs can be compared by: digests of the rows before and after, whatever their order. */
import { createHash } from 'node:crypto';
import type { Fingerprint, SideDigest, TableFingerprint } from '../../../core/effect/fingerprint.ts';
import type { Preview, Row, TableEffect } from '../../../core/effect/preview.ts';
import type { Line } from '../line.ts';
import type { TableColumn, TableFacts } from './catalog.ts';
import { ask } from './asking.ts';
import type { Measured } from './measure.ts';
import { eachChange, readingProblem } from './rowChanges.ts';

export type FingerprintRequest = { readonly own: Line; readonly measured: Measured; readonly preview: Preview };

/** Throws `Unanswered` when a line is lost. */
export async function fingerprintOf(request: FingerprintRequest): Promise<Fingerprint> {
  const { own, measured, preview } = request;
  if (preview.unlisted !== undefined) return { kind: 'none', reason: 'Further rows changed that could not be found, so two runs cannot be compared.' };
  const span = await spanOf(own, measured);
  const tables: TableFingerprint[] = [];
  for (const effect of preview.effects) {
    const facts = [...measured.plan.tables.values()].find(({ ref }) => ref.schema === effect.table.schema && ref.table === effect.table.table);
    tables.push(facts ? await tableFingerprint(request, effect, facts, span) : countsOf(effect, []));
  }
  tables.sort((a, b) => (a.table < b.table ? -1 : Number(a.table > b.table)));
  return { kind: 'fingerprint', version: 1, tables, definitions: [], complete: tables.every(({ before, after }) => before !== undefined && after !== undefined) };
}

/** When the change ran, as the server prints times; a value within it is the time of the run. */
type Span = { readonly from: string; readonly to: string };

async function spanOf(own: Line, { began }: Measured): Promise<Span> {
  const { rows } = await ask(own, 'SELECT CAST(NOW(6) AS CHAR)');
  return { from: began.slice(0, 19), to: rows[0]?.[0] ?? began };
}

async function tableFingerprint({ own, measured }: FingerprintRequest, effect: TableEffect, facts: TableFacts, span: Span): Promise<TableFingerprint> {
  const isOnlyAdded = effect.updated === 0 && effect.deleted === 0;
  const ignored = facts.columns.filter(({ isAutoIncrement }) => isAutoIncrement && isOnlyAdded).map(({ name }) => name);
  const kept = facts.columns.map((column, index) => ({ column, index })).filter(({ column }) => !ignored.includes(column.name));
  const sides = { before: [] as string[], after: [] as string[] };
  const found = await eachChange({
    own,
    measured,
    facts,
    tell: ({ change }) => {
      if (change.kind !== 'inserted') sides.before.push(hash(kept.map(({ index }) => change.before[index] ?? null)));
      if (change.kind !== 'deleted') {
        const before = change.kind === 'updated' ? change.before : undefined;
        sides.after.push(hash(kept.map(({ column, index }) => normalised(column, change.after[index] ?? null, { old: before?.[index], span }))));
      }
      return true;
    },
  }).catch((thrown: unknown) => ({ isWhole: false, problem: readingProblem(thrown) }));
  const counts = countsOf(effect, ignored);
  return found.isWhole ? { ...counts, before: digest(sides.before), after: digest(sides.after) } : counts;
}

function countsOf({ table, inserted, updated, deleted }: TableEffect, ignored: readonly string[]): TableFingerprint {
  return { table: `${table.schema}.${table.table}`, operations: { inserted, updated, deleted }, ignored };
}

/** The time of the run is another one in every run. */
function normalised({ kind, type }: TableColumn, value: string | null, { old, span }: { readonly old: string | null | undefined; readonly span: Span }): string | null {
  if (value === null || kind !== 'temporal' || value === old) return value;
  const { from, to } = span;
  if (type.startsWith('date') && !type.startsWith('datetime')) return value >= from.slice(0, 10) && value <= to.slice(0, 10) ? '<today>' : value;
  if (type.startsWith('time') && !type.startsWith('timestamp')) return value >= from.slice(11) && value <= to.slice(11) ? '<now>' : value;
  return value >= from && value <= to ? '<now>' : value;
}

function hash(row: Row): string {
  return createHash('sha256').update(JSON.stringify(row)).digest('hex');
}

/** The rows' own digests in an order of their own. */
function digest(rows: string[]): SideDigest {
  return { rows: rows.length, sha256: createHash('sha256').update(rows.toSorted().join('\n')).digest('hex') };
}
