/** System variables that do more than tune the session. Data. */

import type { StatementClass, StatementTag } from '../verdict.ts';

export type VariableEffect = { readonly class: StatementClass; readonly code: string; readonly message: string; readonly tags: readonly StatementTag[] };

const transaction = 'changes how transactions begin, end or what they may do';
const lexing = 'changes how the server reads the text of every later statement';
const net = 'removes a safety net for the statements that follow';
const logs = 'changes what the server records about what people do';
const binlog = 'changes what reaches the binary log, and with it replicas and point-in-time recovery';

function entry(names: string, kind: StatementClass, [code, message]: readonly [string, string], ...tags: StatementTag[]): [string, VariableEffect][] {
  return names.split(' ').map((name) => [name, { class: kind, code, message, tags }]);
}

/** By lower-case name; what SET SESSION does. SET GLOBAL is `admin` whatever the variable is, and keeps these tags. */
export const variableEffects: ReadonlyMap<string, VariableEffect> = new Map<string, VariableEffect>([
  ...entry('autocommit completion_type transaction_isolation tx_isolation transaction_read_only tx_read_only transaction_allow_batching', 'txn', ['transaction-control', transaction], 'txn_escape'),
  ...entry('sql_mode character_set_client character_set_connection collation_connection character_set_results old_mode session_track_system_variables session_track_state_change session_track_schema session_track_transaction_info', 'admin', ['guard-variable', lexing], 'guard'),
  ...entry('sql_safe_updates foreign_key_checks unique_checks check_constraint_checks sql_require_primary_key require_row_format innodb_strict_mode system_versioning_alter_history system_versioning_insert_history secure_timestamp alter_algorithm', 'admin', ['guard-variable', net], 'guard'),
  ...entry('read_only super_read_only offline_mode innodb_read_only event_scheduler local_infile secure_file_priv require_secure_transport partial_revokes log_bin_trust_function_creators activate_all_roles_on_login mandatory_roles init_connect init_replica init_slave default_password_lifetime check_proxy_users', 'session', ['guard-variable', net], 'guard'),
  ...entry('sql_log_off general_log general_log_file log_output slow_query_log slow_query_log_file log_error_verbosity log_error_suppression_list log_error_services log_warnings log_slow_verbosity log_disabled_statements log_slow_disabled_statements log_raw log_timestamps performance_schema userstat', 'admin', ['logging-changed', logs], 'audit'),
  ...entry('sql_log_bin', 'admin', ['logging-changed', binlog], 'audit', 'backup'),
  ...entry('binlog_format binlog_row_image binlog_direct_non_transactional_updates binlog_rows_query_log_events binlog_row_metadata gtid_next gtid_domain_id gtid_seq_no server_id skip_replication wsrep_on wsrep_osu_method pseudo_slave_mode pseudo_replica_mode pseudo_thread_id rbr_exec_mode original_commit_timestamp immediate_server_version original_server_version', 'admin', ['replication-changed', binlog], 'backup'),
  ...entry('expire_logs_days binlog_expire_logs_seconds binlog_expire_logs_auto_purge max_binlog_total_size sync_binlog innodb_flush_log_at_trx_commit innodb_doublewrite relay_log_purge gtid_mode gtid_purged gtid_slave_pos gtid_binlog_state enforce_gtid_consistency binlog_error_action sync_relay_log innodb_redo_log_capacity', 'admin', ['replication-changed', binlog], 'backup'),
  ...entry('debug debug_sync debug_dbug insert_id last_insert_id identity timestamp', 'session', ['session-variable', 'changes what functions of this session answer']),
  ...entry('proxy_user external_user default_role', 'privilege', ['changes-identity', 'changes on whose behalf the session acts']),
]);

/** Families of variables, by how their names begin; the first that fits counts. */
export const variableFamilies: readonly { readonly prefix: string; readonly effect: VariableEffect }[] = [
  { prefix: 'audit_log', effect: { class: 'admin', code: 'logging-changed', message: logs, tags: ['audit'] } },
  { prefix: 'audit_', effect: { class: 'admin', code: 'logging-changed', message: logs, tags: ['audit'] } },
  { prefix: 'server_audit', effect: { class: 'admin', code: 'logging-changed', message: logs, tags: ['audit'] } },
  { prefix: 'mysql_firewall', effect: { class: 'admin', code: 'logging-changed', message: logs, tags: ['audit'] } },
  { prefix: 'log_bin', effect: { class: 'admin', code: 'replication-changed', message: binlog, tags: ['backup'] } },
  { prefix: 'binlog_', effect: { class: 'admin', code: 'replication-changed', message: binlog, tags: ['backup'] } },
  { prefix: 'rpl_', effect: { class: 'admin', code: 'replication-changed', message: binlog, tags: ['backup'] } },
  { prefix: 'replica_', effect: { class: 'admin', code: 'replication-changed', message: binlog, tags: ['backup'] } },
  { prefix: 'slave_', effect: { class: 'admin', code: 'replication-changed', message: binlog, tags: ['backup'] } },
  { prefix: 'group_replication', effect: { class: 'admin', code: 'replication-changed', message: binlog, tags: ['backup'] } },
  { prefix: 'wsrep_', effect: { class: 'admin', code: 'replication-changed', message: binlog, tags: ['backup'] } },
  { prefix: 'gtid_', effect: { class: 'admin', code: 'replication-changed', message: binlog, tags: ['backup'] } },
  { prefix: 'clone_', effect: { class: 'admin', code: 'replication-changed', message: binlog, tags: ['backup'] } },
  { prefix: 'keyring_', effect: { class: 'admin', code: 'guard-variable', message: net, tags: ['guard'] } },
  { prefix: 'validate_password', effect: { class: 'admin', code: 'guard-variable', message: net, tags: ['guard'] } },
  { prefix: 'simple_password_check', effect: { class: 'admin', code: 'guard-variable', message: net, tags: ['guard'] } },
  { prefix: 'strict_password_validation', effect: { class: 'admin', code: 'guard-variable', message: net, tags: ['guard'] } },
];

/** Client character sets in which an ASCII character never is part of another one. */
export const safeCharacterSets: ReadonlySet<string> = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'default']);
