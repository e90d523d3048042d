/** What a change did, as a value that two runs of it can be compared by. An approval is bound to it. */

/** Rows of one table on one side of a change: how many, and a digest that does not depend on their order. */
export type SideDigest = { readonly rows: number; /** Lower-case hex of SHA-256. */ readonly sha256: string };

export type TableFingerprint = {
  /** `schema.table`, unquoted. */
  readonly table: string;
  readonly operations: { readonly inserted: number; readonly updated: number; readonly deleted: number };
  /** Absent when the rows could not be read: then only counts are bound. */
  readonly before?: SideDigest;
  readonly after?: SideDigest;
  /** Columns left out because every run gives them another value: identity, sequences, random, now. */
  readonly ignored: readonly string[];
};

/**
 * Version 1. Bound to nothing but the effect: the SQL, the target and the session belong to whoever signs it.
 * Tables are sorted by name, so equal effects have equal JSON.
 */
export type Fingerprint =
  | {
      readonly kind: 'fingerprint';
      readonly version: 1;
      readonly tables: readonly TableFingerprint[];
      /** Changes of the catalogue, in a stable order and wording. */
      readonly definitions: readonly string[];
      /** False when some table is bound by its counts alone. */
      readonly complete: boolean;
    }
  /** No two runs could be compared, and why in words. */
  | { readonly kind: 'none'; readonly reason: string };

/** By code unit, so that every machine sorts alike. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The very bytes to hash or sign, as text: members in a fixed order, nothing optional left to taste. Equal effects, equal text. */
export function canonicalFingerprint(fingerprint: Fingerprint): string {
  if (fingerprint.kind === 'none') return JSON.stringify({ kind: 'none', reason: fingerprint.reason });
  const { version, tables, definitions, complete } = fingerprint;
  return JSON.stringify({ kind: 'fingerprint', version, tables: tables.toSorted((a, b) => compareNames(a.table, b.table)).map(canonicalTable), definitions: definitions.toSorted(compareNames), complete });
}

/** One table of it. */
export function canonicalTableText(table: TableFingerprint): string {
  return JSON.stringify(canonicalTable(table));
}

function canonicalTable({ table, operations: { inserted, updated, deleted }, before, after, ignored }: TableFingerprint): unknown {
  return { table, operations: { inserted, updated, deleted }, before: canonicalSide(before), after: canonicalSide(after), ignored: ignored.toSorted(compareNames) };
}

function canonicalSide(side: SideDigest | undefined): unknown {
  return side ? { rows: side.rows, sha256: side.sha256 } : null;
}
