/** Tables that are more than data: PostgreSQL's own catalogue. */
import type { Finding } from './findings.ts';
import { has, locationOf, text, type PgNode } from './tree.ts';

const rights = new Set([
  'pg_authid',
  'pg_auth_members',
  'pg_roles',
  'pg_shadow',
  'pg_user',
  'pg_group',
  'pg_db_role_setting',
  'pg_default_acl',
  'pg_parameter_acl',
  'pg_init_privs',
  'pg_policy',
  'pg_user_mapping',
  'pg_proc',
  'pg_cast',
  'pg_largeobject_metadata',
  'pg_seclabel',
  'pg_shseclabel',
]);
const secrets = new Set(['pg_authid', 'pg_shadow', 'pg_user_mapping', 'pg_user_mappings', 'pg_subscription', 'user_mapping_options', '_pg_user_mappings']);
const files = new Set(['pg_hba_file_rules', 'pg_ident_file_mappings', 'pg_file_settings']);

/** What writing rows of this table means beyond rows. */
export function relationWrite(rangeVar: PgNode): readonly Finding[] {
  const name = text(rangeVar, 'relname');
  const location = locationOf(rangeVar);
  const findings: Finding[] = [];
  if (isCatalogue(rangeVar)) {
    findings.push(
      rights.has(name)
        ? { class: 'privilege', code: 'catalogue-write', message: `Writes ${name}, where PostgreSQL keeps rights, by hand`, location }
        : { class: 'admin', code: 'catalogue-write', message: `Writes ${name}, a part of PostgreSQL itself, by hand`, location },
    );
  }
  if (has(rangeVar, 'catalogname')) {
    findings.push({ class: 'read', code: 'other-database', message: `Names the database ${text(rangeVar, 'catalogname')}; PostgreSQL only writes to the one it is connected to`, location });
  }
  return findings;
}

/** What reading this table means beyond rows. */
export function relationRead(rangeVar: PgNode): readonly Finding[] {
  if (!isCatalogue(rangeVar)) return [];
  const name = text(rangeVar, 'relname');
  const location = locationOf(rangeVar);
  if (secrets.has(name)) return [{ class: 'read', code: 'reads-secrets', message: `Reads ${name}, which holds passwords or their hashes`, tags: ['secret'], location }];
  return files.has(name) ? [{ class: 'read', code: 'reads-server-file', message: `Reads ${name}, which shows files of the server`, tags: ['server_file'], location }] : [];
}

/** Even EXPLAIN without ANALYZE makes the server create the schema for temporary tables. */
export function relationCreated({ node, field }: { readonly node: PgNode; readonly field: string }): readonly Finding[] {
  if (field !== 'IntoClause.rel' || text(node, 'relpersistence') !== 't') return [];
  return [{ class: 'session', code: 'temporary-schema', message: 'Creates the schema for temporary tables of this session', tags: ['ro_slip'], whilePlanning: true }];
}

function isCatalogue(rangeVar: PgNode): boolean {
  const schema = text(rangeVar, 'schemaname');
  return schema === 'pg_catalog' || schema === 'pg_toast' || schema === 'information_schema' || (schema === '' && text(rangeVar, 'relname').startsWith('pg_'));
}
