/** From what the catalogue knows of the objects a statement names to facts in words. */
import { groupDigits } from './describe.ts';
import type { InspectedFact, Inspection } from './inspection.ts';

/** Lists are cut by the server at 30 names. */
export type InspectedRelation = {
  readonly name: string;
  /** As in `pg_class.relkind`. */
  readonly kind: string;
  readonly bytes: number | null;
  readonly rows: number | null;
  readonly dead?: number | null;
  /** How often an index was used. */
  readonly scans?: number | null;
  /** The table of an index. */
  readonly of?: string | null;
  readonly indexes: number;
  readonly keys: readonly string[] | null;
  readonly views: readonly string[] | null;
  readonly triggers: readonly string[] | null;
  readonly functions: readonly string[] | null;
  readonly grants: readonly string[] | null;
};

export type InspectedObjects = {
  readonly relations: readonly InspectedRelation[] | null;
  readonly database: { readonly name: string; readonly bytes: number | null; readonly clients: number } | null;
  readonly setting: { readonly name: string; readonly value: string; readonly context: string } | null;
};

/** @param named - how many tables and indexes the statement names */
export function inspectionOf({ relations, database, setting }: InspectedObjects, named: number): Inspection {
  const known = relations ?? [];
  return {
    facts: [
      ...known.flatMap(relationFacts),
      ...(database ? [{ label: 'Database', text: `${database.name}${database.bytes === null ? '' : `, ${describeBytes(database.bytes)}`}; connected now: ${String(database.clients)}` }] : []),
      ...(setting ? [{ label: 'Setting', text: `${setting.name} is ${setting.value} now; ${whenInForce(setting.context)}` }] : []),
    ],
    unknown: known.length < named ? ['Some of what the statement names does not exist, or cannot be seen by this role.'] : [],
  };
}

function relationFacts(relation: InspectedRelation): readonly InspectedFact[] {
  const { name, of } = relation;
  const facts: readonly (readonly [label: string, names: readonly string[] | null])[] = [
    ['Foreign keys that reference it', relation.keys],
    ['Views that read it', relation.views],
    ['Triggers on it', relation.triggers],
    ['Functions that need it', relation.functions],
    ['Who else may use it', relation.grants],
  ];
  return [
    { label: of == null ? 'Table' : 'Index', text: `${name}${of == null ? '' : ` on ${of}`}${sizeOf(relation)}` },
    ...facts.flatMap(([label, names]) => (names && names.length > 0 ? [{ label, text: names.join(', ') }] : [])),
  ];
}

function sizeOf({ bytes, rows, dead, scans, indexes }: InspectedRelation): string {
  const parts = [
    ...(bytes === null ? [] : [describeBytes(bytes)]),
    ...(rows === null ? [] : [`about ${groupDigits(rows)} rows`]),
    ...(dead == null || dead === 0 ? [] : [`${groupDigits(dead)} dead ones`]),
    ...(indexes === 0 ? [] : [indexes === 1 ? '1 index' : `${String(indexes)} indexes`]),
    ...(scans == null ? [] : [scans === 0 ? 'not used since statistics began' : `used ${groupDigits(scans)} times`]),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

/** `12 kB`, `3.4 GB`. */
export function describeBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)));
  const value = bytes / 1024 ** step;
  return `${value >= 10 || step === 0 ? String(Math.round(value)) : value.toFixed(1)} ${units[step] ?? 'bytes'}`;
}

function whenInForce(context: string): string {
  if (context === 'postmaster') return 'the new value is in force after a restart of the server';
  return context === 'internal' ? 'it cannot be changed' : 'the new value is in force when the server reads its configuration again';
}
