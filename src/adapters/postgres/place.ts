/** Which server answers, as whom, and what its session makes of a text. */
import type { ServerPlace } from '../../core/approval/targetOf.ts';
import type { Row } from '../../core/effect/preview.ts';
import type { Step } from './batch.ts';
import type { Context } from './context.ts';
import { arrayLiteral } from './quote.ts';
import { readApart } from './readApart.ts';

/** Settings under which the same text reads, means or does something else. */
const meaningful: readonly string[] = [
  'array_nulls', 'backslash_quote', 'bytea_output', 'check_function_bodies', 'client_encoding', 'DateStyle', 'default_table_access_method',
  'default_tablespace', 'default_text_search_config', 'default_toast_compression', 'extra_float_digits', 'IntervalStyle', 'lc_monetary',
  'lc_numeric', 'lc_time', 'restrict_nonsystem_relation_kind', 'row_security', 'search_path', 'session_replication_role',
  'standard_conforming_strings', 'TimeZone', 'timezone_abbreviations', 'transform_null_equals', 'xmlbinary', 'xmloption',
];

/** Names are qualified because a changed search path could lead them elsewhere. */
const settingsStep: Step = {
  text: `SELECT pg_catalog.current_database(), pg_catalog.concat(current_user, CASE WHEN session_user OPERATOR(pg_catalog.=) current_user THEN '' ELSE ' for ' END, nullif(session_user, current_user)),
    (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()),
    (SELECT pg_catalog.json_object_agg(n, pg_catalog.current_setting(n, true)) FROM pg_catalog.unnest($1::pg_catalog.text[]) AS n WHERE pg_catalog.current_setting(n, true) IS NOT NULL)`,
  values: [arrayLiteral(meaningful)],
};

/** Apart, because a server may keep it to itself. */
const systemStep: Step = { text: 'SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()' };

/** Within the transaction that is open, with the settings its statements had. Never rejects. */
export async function placeOfChange({ line }: Pick<Context, 'line'>): Promise<ServerPlace | undefined> {
  const settings = await line.run([{ text: 'SAVEPOINT countersign_place' }, settingsStep, { text: 'RELEASE SAVEPOINT countersign_place' }], { deadlineMs: 10_000 });
  if (settings.kind === 'error') await line.run([{ text: 'ROLLBACK TO SAVEPOINT countersign_place' }, { text: 'RELEASE SAVEPOINT countersign_place' }], { deadlineMs: 5000 });
  if (settings.kind !== 'complete') return undefined;
  const [system] = await readApart(line, [systemStep]);
  return parse(system?.rows[0], settings.results[1]?.rows[0]);
}

/** Outside of any. Never rejects. */
export async function placeOfSession({ line }: Pick<Context, 'line'>): Promise<ServerPlace | undefined> {
  const settings = await line.run([settingsStep], { deadlineMs: 10_000 });
  if (settings.kind !== 'complete') return undefined;
  const system = await line.run([systemStep], { deadlineMs: 10_000 });
  return parse(system.kind === 'complete' ? system.results[0]?.rows[0] : undefined, settings.results[0]?.rows[0]);
}

function parse(system: Row | undefined, settings: Row | undefined): ServerPlace | undefined {
  const [database, role, oid, session] = settings ?? [];
  if (database == null || role == null || oid == null || session == null) return undefined;
  // Host, port and database still tell it from most others.
  const identifier = system?.[0] ?? 'kept secret';
  return { system: `${identifier}/${oid}`, database, role, session: JSON.parse(session) as Readonly<Record<string, string>> };
}
