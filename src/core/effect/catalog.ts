/** What definitions changed: rows of the catalogue before and after, compared by the server's own identities. */
import type { CatalogChange } from './preview.ts';

/** One object of the catalogue, or a part of what is known about one, on one side of a change. */
export type CatalogRow = {
  /** The server's identity; stays the same when the object gets another name. */
  readonly id: string;
  /** Set when the row only tells more about the object `id`, e.g. its default or its comment: it is no object itself. */
  readonly part?: string;
  /** As the manual calls it: `table`, `column`, `index` … */
  readonly object: string;
  /** Qualified, unquoted. */
  readonly name: string;
  /** The last part of the name: what a statement must contain to name the object. */
  readonly own: string;
  /** What it comes and goes with. */
  readonly parent?: string;
  /**
   * What can change. A key that begins with `#` holds a digest: only that it differs can be told. One that begins with `=` is
   * told of objects that came or went, and not compared.
   */
  readonly facts: Readonly<Record<string, string | null>>;
};

/** A row as it was before, and whether the change ended it; when it did not, a missing successor means that it stayed as it was. */
export type FormerRow = CatalogRow & { readonly ended: boolean };

/**
 * What is different, dropped objects first, each kind sorted by object and name so that equal changes are in equal order.
 *
 * What comes or goes together with an object that comes or goes itself is not listed: the columns of a new table, the
 * functions of a dropped extension.
 *
 * @param after - every row the change wrote; some may be as they were
 * @param texts - the statements: an object that none of them contains by name went with something else
 */
export function diffCatalog(before: readonly FormerRow[], after: readonly CatalogRow[], texts: readonly string[]): readonly CatalogChange[] {
  const pairs = pair(before, after);
  const objects = pairs.filter((each) => rowOf(each).part === undefined);
  const come = new Set(objects.filter(({ old }) => !old).map((each) => rowOf(each).id));
  const gone = new Set(objects.filter(({ row }) => !row).map((each) => rowOf(each).id));
  const parents = new Map(pairs.map((each) => [rowOf(each).id, rowOf(each)]));
  const isNew = (id: string | undefined): boolean => id !== undefined && (come.has(id) || gone.has(id) || isNew(parents.get(id)?.parent));
  const names = ({ own }: CatalogRow): boolean => texts.some((text) => mentions(text, own));
  const mark = (row: CatalogRow, named: boolean): { readonly cascaded?: true } => (named || names(row) ? {} : { cascaded: true });
  const namesTable = ({ parent, name }: CatalogRow): boolean => {
    const within = parent === undefined ? undefined : (parents.get(parent)?.own ?? name.split('.').at(-2));
    return within !== undefined && texts.some((text) => mentions(text, within));
  };
  const alone = pairs.filter((each) => !isNew(rowOf(each).parent));
  const changes = alone.flatMap(({ old, row }): readonly CatalogChange[] => {
    if (old && !row && old.part === undefined) return [{ kind: 'dropped', ...describeObject(old), ...mark(old, false) }];
    return row && !old && row.part === undefined ? [{ kind: 'added', ...describeObject(row), ...mark(row, namesTable(row)) }] : [];
  });
  const altered = groupById(alone.filter((each) => !isNew(rowOf(each).id))).flatMap(([row, group]): readonly CatalogChange[] => {
    const details = group.flatMap((each) => differences(each, pairs));
    if (details.length === 0) return [];
    return [{ kind: 'changed', object: row.object, name: row.name, detail: details.join(', '), ...mark(row, namesTable(row)) }];
  });
  return distinct([...changes, ...altered]).toSorted(inOrder);
}

/** One line for each change, in a stable order and wording: what two runs of the same definition are compared by. */
export function definitionLines(changes: readonly CatalogChange[]): readonly string[] {
  return changes.map(describeCatalogChange);
}

/** `dropped view public.totals, with something else`, `changed column public.orders.total: type integer → bigint` */
export function describeCatalogChange({ kind, object, name, detail, cascaded }: CatalogChange): string {
  return `${kind} ${object} ${name}${detail === undefined ? '' : `: ${detail}`}${cascaded === true ? ', which no statement names' : ''}`;
}

/** A row on both sides; one of them may be missing. */
type Pair = { readonly old: CatalogRow | undefined; readonly row: CatalogRow | undefined };

function rowOf({ old, row }: Pair): CatalogRow {
  const known = old ?? row;
  if (!known) throw new TypeError('a pair of rows without either');
  return known;
}

function pair(before: readonly FormerRow[], after: readonly CatalogRow[]): readonly Pair[] {
  const latter = new Map(after.map((row) => [keyOf(row), row]));
  const former = before.filter((old) => old.ended || latter.has(keyOf(old)));
  const known = new Set(former.map(keyOf));
  return [
    ...former.map((old): Pair => ({ old, row: latter.get(keyOf(old)) })),
    ...after.filter((row) => !known.has(keyOf(row))).map((row): Pair => ({ old: undefined, row })),
  ];
}

function keyOf({ id, part }: CatalogRow): string {
  return JSON.stringify([id, part ?? null]);
}

/** The object itself first, so that it gives the name. */
function groupById(pairs: readonly Pair[]): readonly (readonly [CatalogRow, readonly Pair[]])[] {
  const groups = new Map<string, Pair[]>();
  for (const each of pairs) {
    const { id } = rowOf(each);
    groups.set(id, [...(groups.get(id) ?? []), each]);
  }
  return [...groups.values()].flatMap((group): [CatalogRow, readonly Pair[]][] => {
    const sorted = group.toSorted((a, b) => Number(rowOf(a).part !== undefined) - Number(rowOf(b).part !== undefined));
    const [first] = sorted;
    // A new object tells of itself.
    return first && (first.old || rowOf(first).part !== undefined) ? [[rowOf(first), sorted]] : [];
  });
}

/** What goes with a change of what it belongs to, like the schema of an index, is said there. */
function differences({ old, row }: Pair, pairs: readonly Pair[]): readonly string[] {
  const above = ancestors(old ?? row, pairs);
  const facts = new Set([...Object.keys(old?.facts ?? {}), ...Object.keys(row?.facts ?? {})]);
  return [...facts].filter((fact) => !/^#?=/u.test(fact)).flatMap((fact) => {
    const [from, to] = [old?.facts[fact] ?? null, row?.facts[fact] ?? null];
    if (from === to || isSaidOtherwise(fact, old, row) || above.some((each) => each.old?.facts[fact] === from && each.row?.facts[fact] === to)) return [];
    return [fact.startsWith('#') ? `${fact.slice(1)} changed` : `${fact} ${from ?? 'none'} \u2192 ${to ?? 'none'}`];
  });
}

function ancestors(row: CatalogRow | undefined, pairs: readonly Pair[]): readonly Pair[] {
  const above: Pair[] = [];
  let parent = row?.parent;
  while (parent !== undefined && above.length < 10) {
    const id = parent;
    // A constraint or a column in between may be as it was.
    const found = pairs.find((each) => rowOf(each).id === id && rowOf(each).part === undefined);
    if (found) above.push(found);
    parent = found ? rowOf(found).parent : undefined;
  }
  return above;
}

/** A text says more than its digest, where both sides have it. */
function isSaidOtherwise(fact: string, old: CatalogRow | undefined, row: CatalogRow | undefined): boolean {
  const text = fact.replace(/^#/u, '');
  const sides = [old, row].filter((side) => side !== undefined);
  const isReadable = sides.every(({ facts }) => text in facts);
  return fact.startsWith('#') ? isReadable : !isReadable && sides.some(({ facts }) => `#${text}` in facts);
}

/** What tells most about an object, for one that came or went. */
const telling = ['type', 'key', 'definition', '=definition', 'partition'] as const;

function describeObject({ object, name, facts }: CatalogRow): Pick<CatalogChange, 'object' | 'name' | 'detail'> {
  const detail = telling.map((fact) => facts[fact]).find((fact) => fact != null);
  return { object, name, ...(detail == null ? {} : { detail }) };
}

/** Whether a text holds the name as a word of its own, quoted or not, in any case. */
function mentions(text: string, own: string): boolean {
  const escaped = own.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`);
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped}(?![\\p{L}\\p{N}_$])`, 'iu').test(text);
}

const rank: Readonly<Record<CatalogChange['kind'], number>> = { dropped: 0, changed: 1, added: 2 };

function inOrder(a: CatalogChange, b: CatalogChange): number {
  return rank[a.kind] - rank[b.kind] || Number(a.cascaded ?? false) - Number(b.cascaded ?? false) || compare(a.object, b.object) || compare(a.name, b.name);
}

/** By code unit, so that every machine sorts alike. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function distinct(changes: readonly CatalogChange[]): readonly CatalogChange[] {
  return [...new Map(changes.map((change) => [describeCatalogChange(change), change])).values()];
}
