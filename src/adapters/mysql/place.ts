/** Which server answers, as whom, and what its session makes of a text. */
import type { ServerPlace } from '../../core/approval/targetOf.ts';
import { shortDeadlineMs, type Context } from './context.ts';

/** Settings under which the same text reads, means or does something else. What a server does not know it leaves out. */
const meaningful: readonly string[] = [
  'alter_algorithm', 'auto_increment_increment', 'auto_increment_offset', 'autocommit', 'binlog_format', 'character_set_client', 'character_set_collations',
  'character_set_connection', 'character_set_database', 'character_set_results', 'check_constraint_checks', 'collation_connection',
  'collation_database', 'completion_type', 'default_collation_for_utf8mb4', 'default_storage_engine', 'default_week_format', 'div_precision_increment',
  'explicit_defaults_for_timestamp', 'foreign_key_checks', 'group_concat_max_len', 'lc_time_names', 'old_mode', 'sql_auto_is_null',
  'sql_generate_invisible_primary_key', 'sql_log_bin', 'sql_mode', 'sql_select_limit', 'system_time_zone', 'system_versioning_alter_history',
  'system_versioning_asof', 'time_zone', 'unique_checks',
];
const identity = ['hostname', 'port', 'server_id', 'server_uid', 'server_uuid'] as const;

const variablesSql = `SHOW SESSION VARIABLES WHERE Variable_name IN (${[...meaningful, ...identity].map((name) => `'${name}'`).join(', ')})`;

/** Within the transaction that is open, or outside of any. Never rejects. */
export async function readPlace({ line }: Pick<Context, 'line'>): Promise<ServerPlace | undefined> {
  const [asked, variables] = [await line.run('SELECT CURRENT_USER(), CURRENT_ROLE(), DATABASE()', { deadlineMs: shortDeadlineMs }), await line.run(variablesSql, { deadlineMs: shortDeadlineMs })];
  if (asked.kind !== 'complete' || variables.kind !== 'complete') return undefined;
  const found = new Map((variables.results[0]?.rows ?? []).flatMap(([name, value]) => (name == null || value == null ? [] : [[name.toLowerCase(), value] as const])));
  const [user, role, database] = asked.results[0]?.rows[0] ?? [];
  const system = systemOf(found);
  if (user == null || system === undefined) return undefined;
  const isPlain = role == null || role === '' || role === 'NONE';
  return { system, database: database ?? 'none', role: isPlain ? user : `${user} as ${role}`, session: Object.fromEntries(meaningful.flatMap((name) => (found.has(name) ? [[name, found.get(name) ?? '']] : []))) };
}

/** MySQL has an identity of its own; what MariaDB has is made of its machine and port. */
function systemOf(found: ReadonlyMap<string, string>): string | undefined {
  const uuid = found.get('server_uuid');
  if (uuid !== undefined) return uuid;
  const parts = [found.get('server_uid'), found.get('server_id'), found.get('port'), found.get('hostname')].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('/');
}
