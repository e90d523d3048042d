/** Whether a change does what was approved, and if not, what is different. */
import { rows as rowsInWords } from './describe.ts';
import { canonicalFingerprint, canonicalTableText, compareNames, type Fingerprint, type SideDigest, type TableFingerprint } from './fingerprint.ts';
import { keyOf } from './pairImages.ts';
import type { Column, Row, RowChange, TableImages } from './preview.ts';

/** One thing that is not as approved. `approved` and `now` are absent where the table was not touched. */
export type Difference =
  | { readonly kind: 'table'; readonly table: string; readonly approved?: TableFingerprint; readonly now?: TableFingerprint }
  /** In one of the two only. */
  | { readonly kind: 'definition'; readonly definition: string; readonly in: 'approved' | 'now' }
  /** Nothing can be said, and why in words. */
  | { readonly kind: 'incomparable'; readonly reason: string };

export type FingerprintComparison =
  /** `complete`: every row was compared; otherwise some tables by their counts alone. */
  | { readonly kind: 'equal'; readonly complete: boolean }
  | { readonly kind: 'drift'; readonly differences: readonly Difference[] };

/** Unknown is drift: only two fingerprints of the same version that agree in all they say are equal. */
export function compareFingerprints(approved: Fingerprint, now: Fingerprint): FingerprintComparison {
  if (approved.kind === 'none') return incomparable(`What was approved has no fingerprint: ${approved.reason}`);
  if (now.kind === 'none') return incomparable(now.reason);
  if (canonicalFingerprint(approved) === canonicalFingerprint(now)) return { kind: 'equal', complete: now.complete };
  const differences = [...differingTables(approved.tables, now.tables), ...differingDefinitions(approved.definitions, now.definitions)];
  return differences.length > 0 ? { kind: 'drift', differences } : incomparable('Not all rows could be read both times.');
}

function incomparable(reason: string): FingerprintComparison {
  return { kind: 'drift', differences: [{ kind: 'incomparable', reason }] };
}

function differingTables(approved: readonly TableFingerprint[], now: readonly TableFingerprint[]): readonly Difference[] {
  const names = [...new Set([...approved, ...now].map(({ table }) => table))].toSorted(compareNames);
  return names.flatMap((table): readonly Difference[] => {
    const [a, b] = [approved, now].map((tables) => tables.find((each) => each.table === table));
    if (a && b && canonicalTableText(a) === canonicalTableText(b)) return [];
    return [{ kind: 'table', table, ...(a ? { approved: a } : {}), ...(b ? { now: b } : {}) }];
  });
}

function differingDefinitions(approved: readonly string[], now: readonly string[]): readonly Difference[] {
  const only = (some: readonly string[], others: readonly string[], where: 'approved' | 'now') => some.filter((each) => !others.includes(each)).map((definition): Difference => ({ kind: 'definition', definition, in: where }));
  return [...only(approved, now, 'approved'), ...only(now, approved, 'now')];
}

/** Rows of both runs, where they are at hand. */
export type DriftRows = { readonly approved: readonly TableImages[]; readonly now: readonly TableImages[] };

/** Rows named for each table. */
const maxRows = 20;

/** The differences as sentences, with the rows that make them where those are known. */
export function explainDrift(differences: readonly Difference[], images?: DriftRows): readonly string[] {
  return differences.flatMap((difference): readonly string[] => {
    switch (difference.kind) {
      case 'incomparable':
        return [difference.reason];
      case 'definition':
        return [difference.in === 'now' ? `Not approved: ${difference.definition}.` : `No longer happens: ${difference.definition}.`];
      case 'table':
        return [describeTable(difference), ...describeRows(difference.table, images)];
    }
  });
}

function describeTable({ table, approved, now }: Extract<Difference, { kind: 'table' }>): string {
  if (!approved) return `${table} was not touched when it was approved: now it has ${operationsOf(now)}.`;
  if (!now) return `${table} is no longer touched: ${operationsOf(approved)} ${wasOrWere(approved)} approved.`;
  const [then, today] = [operationsOf(approved), operationsOf(now)];
  if (then !== today) return `${table}: ${then} ${wasOrWere(approved)} approved, now it is ${today}.`;
  if (!isRead(approved) || !isRead(now)) return `${table}: its rows could not be read both times.`;
  if (isOther(approved.before, now.before)) return `${table}: as many rows as approved, but not the same ones, or they hold other values.`;
  return `${table}: the same rows as approved, but they come out differently.`;
}

function isRead({ before, after }: TableFingerprint): boolean {
  return before !== undefined && after !== undefined;
}

function isOther(a: SideDigest | undefined, b: SideDigest | undefined): boolean {
  return a?.sha256 !== b?.sha256 || a?.rows !== b?.rows;
}

function operationsOf(table: TableFingerprint | undefined): string {
  const { inserted = 0, updated = 0, deleted = 0 } = table?.operations ?? {};
  const parts = ([['inserted', inserted], ['updated', updated], ['deleted', deleted]] as const).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'no row operations' : parts.map(([verb, count]) => `${rowsInWords(count)} ${verb}`).join(', ');
}

/** `1 row deleted was approved`. */
function wasOrWere({ operations: { inserted, updated, deleted } }: TableFingerprint): string {
  return inserted + updated + deleted === 1 ? 'was' : 'were';
}

function describeRows(table: string, images: DriftRows | undefined): readonly string[] {
  const find = (all: readonly TableImages[] | undefined) => all?.find((each) => `${each.table.schema}.${each.table.table}` === table);
  const [then, now] = [find(images?.approved), find(images?.now)];
  const shape = now ?? then;
  if (!images || !shape || shape.key.length === 0 || then?.incomplete !== undefined || now?.incomplete !== undefined) return [];
  const [approved, current] = [byKey(then), byKey(now)];
  const sentences = [...new Set([...approved.keys(), ...current.keys()])].flatMap((key) => describeRow(nameRow(key, shape), shape.columns, approved.get(key), current.get(key)));
  const more = sentences.length - maxRows;
  return more > 0 ? [...sentences.slice(0, maxRows), `… and ${rowsInWords(more)} more of ${table}.`] : sentences;
}

function byKey(images: TableImages | undefined): ReadonlyMap<string, RowChange> {
  return new Map((images?.changes ?? []).map((change) => [keyOf(change.kind === 'inserted' ? change.after : change.before, images?.key ?? []), change]));
}

/** `id 7`. */
function nameRow(key: string, { columns, key: positions }: TableImages): string {
  const values = JSON.parse(key) as Row;
  return positions.map((position, index) => `${columns[position]?.name ?? ''} ${values[index] ?? 'NULL'}`).join(', ');
}

function describeRow(name: string, columns: readonly Column[], approved: RowChange | undefined, now: RowChange | undefined): readonly string[] {
  if (!approved) return now ? [`${name}: ${now.kind} now, and was not approved.`] : [];
  if (!now) return [`${name}: approved as ${approved.kind}, and is no longer.`];
  if (approved.kind !== now.kind) return [`${name}: approved as ${approved.kind}, and is ${now.kind} now.`];
  const cells = [...differingCells(columns, beforeOf(approved), beforeOf(now), 'held'), ...differingCells(columns, afterOf(approved), afterOf(now), 'becomes')];
  return cells.length === 0 ? [] : [`${name}: ${cells.join('; ')}.`];
}

function differingCells(columns: readonly Column[], approved: Row, now: Row, verb: 'held' | 'becomes'): readonly string[] {
  return columns.flatMap(({ name }, index) => {
    const [a, b] = [approved[index] ?? null, now[index] ?? null];
    if (a === b) return [];
    return [verb === 'held' ? `${name} was ${show(a)} when approved and is ${show(b)} now` : `${name} would become ${show(b)} instead of ${show(a)}`];
  });
}

function beforeOf(change: RowChange): Row {
  return change.kind === 'inserted' ? [] : change.before;
}

function afterOf(change: RowChange): Row {
  return change.kind === 'deleted' ? [] : change.after;
}

function show(value: string | null): string {
  if (value === null) return 'NULL';
  return `“${value.length > 60 ? `${value.slice(0, 59)}…` : value}”`;
}
