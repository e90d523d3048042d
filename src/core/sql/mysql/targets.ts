/** Notes the tables a statement names, and what follows when they are the server's own. */

import { raise, whole } from './draft.ts';
import type { Draft } from './draft.ts';
import type { ObjectName } from './names.ts';
import type { TableRef } from './scanner.ts';

/** A table without its alias. */
export type NamedTable = Pick<TableRef, 'schema' | 'table' | 'first' | 'last'>;

export function toTable(name: ObjectName): NamedTable {
  return { ...(name.schema === undefined ? {} : { schema: name.schema }), table: name.name, first: name.first, last: name.last };
}

/** Notes tables that are only read. */
export function readsTables(draft: Draft, tables: readonly NamedTable[]): void {
  for (const table of tables) {
    note(draft, table, 'read');
    if (schemaOf(draft, table) === 'information_schema' && resetTables.has(table.table.toLowerCase())) {
      raise(draft, 'admin', { code: 'changes-instrumentation', message: `Reading ${table.table} sets its counters back to zero`, tags: ['ro_slip'] }, table);
    }
    if (schemaOf(draft, table) !== 'mysql' || !accountTables.has(table.table.toLowerCase())) continue;
    raise(draft, 'read', { code: 'reads-secrets', message: `Reads ${table.table}, where passwords or their hashes are kept`, tags: ['secret'] }, table);
  }
}

/** Notes a table that is written; the server's own tables make that more than a write. */
export function writesTable(draft: Draft, table: NamedTable, columns: readonly string[] = []): void {
  note(draft, table, 'write', columns);
  // Many of the server's own tables are kept by engines without transactions.
  if (ownSchemas.has(schemaOf(draft, table) ?? '')) draft.canPreview = false;
  const name = table.table.toLowerCase();
  switch (schemaOf(draft, table)) {
    case 'mysql':
      if (name === 'general_log' || name === 'slow_log') raise(draft, 'admin', { code: 'changes-log', message: `Changes the server's log in mysql.${name}`, tags: ['audit'] }, table);
      else raise(draft, 'privilege', { code: 'edits-system-table', message: `Edits mysql.${name}, where the server keeps accounts, rights and code` }, table);
      break;
    case 'performance_schema':
      raise(draft, 'admin', { code: 'changes-instrumentation', message: 'Changes what the server records about itself', tags: name.startsWith('setup_') ? ['audit'] : [] }, table);
      break;
    case 'sys':
      raise(draft, 'admin', { code: 'changes-instrumentation', message: "It changes the server's own configuration tables." }, table);
      break;
    default:
  }
}

const ownSchemas = new Set(['mysql', 'performance_schema', 'sys']);

/** To read them is to reset them. */
const resetTables = new Set(['innodb_cmp_reset', 'innodb_cmpmem_reset', 'innodb_cmp_per_index_reset']);

const accountTables = new Set(['user', 'global_priv', 'servers', 'password_history', 'slave_master_info', 'proxies_priv']);

function schemaOf(draft: Draft, table: NamedTable): string | undefined {
  return (table.schema ?? draft.context.schema)?.toLowerCase();
}

function note(draft: Draft, table: NamedTable, access: 'read' | 'write', columns: readonly string[] = []): void {
  const { schema, table: name } = table;
  if (draft.targets.length >= maxTargets || draft.targets.some((known) => known.table === name && known.schema === schema && known.access === access)) return;
  draft.targets.push({ ...(schema === undefined ? {} : { schema }), table: name, access, ...(columns.length === 0 ? {} : { columns }) });
}

/** Nobody reads a longer list; joins of more tables than 61 are refused by the server. */
const maxTargets = 200;

/** Says so when a statement writes one database and uses another. */
export function noteOtherDatabase(draft: Draft): void {
  const written = draft.targets.find(({ access, schema }) => access === 'write' && schema !== undefined);
  if (written === undefined || draft.targets.every(({ schema }) => schema === written.schema)) return;
  raise(draft, 'write', { code: 'other-database', message: `Writes to the database ${written.schema} and uses tables of another one` }, whole(draft));
}
