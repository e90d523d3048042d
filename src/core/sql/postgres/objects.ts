/** Kinds of database objects, in words. */

const irregular: Readonly<Record<string, string>> = {
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_FDW: 'foreign data wrapper',
  OBJECT_OPCLASS: 'operator class',
  OBJECT_OPFAMILY: 'operator family',
  OBJECT_STATISTIC_EXT: 'statistics',
  OBJECT_TABCONSTRAINT: 'constraint',
  OBJECT_DOMCONSTRAINT: 'constraint',
  OBJECT_TSCONFIGURATION: 'text search configuration',
  OBJECT_TSDICTIONARY: 'text search dictionary',
  OBJECT_TSPARSER: 'text search parser',
  OBJECT_TSTEMPLATE: 'text search template',
  OBJECT_LARGEOBJECT: 'large object',
  OBJECT_FOREIGN_SERVER: 'server',
};

/** `OBJECT_FOREIGN_TABLE` → `foreign table`. */
export function objectName(objectType: string): string {
  return irregular[objectType] ?? objectType.replace('OBJECT_', '').toLowerCase().replaceAll('_', ' ');
}

/** `foreign table` → `foreign-table`. */
export function kindOf(...words: readonly string[]): string {
  return words.join(' ').replaceAll(' ', '-');
}

const relations = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE', 'OBJECT_SEQUENCE', 'OBJECT_INDEX']);

/** Whether such objects are named like tables. */
export function isRelation(objectType: string): boolean {
  return relations.has(objectType);
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listNames(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${String(names.length - 2)} more`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
