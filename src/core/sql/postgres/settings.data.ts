/** Server and session settings whose change means more than comfort. All others only concern the session. */
import type { StatementClass, StatementTag } from '../verdict.ts';

export type SettingRule = {
  /** Whole names in lower case; a `*` at the end stands for any rest. */
  readonly names: string;
  readonly class: StatementClass;
  readonly tags?: readonly StatementTag[];
  /** What changing it does, as the end of a sentence that begins with the setting's name. */
  readonly effect: string;
};

/** The first rule that fits decides. */
export const settingRules: readonly SettingRule[] = [
  {
    names: `transaction_read_only transaction_isolation transaction_deferrable default_transaction_read_only
      default_transaction_isolation default_transaction_deferrable xact_*`,
    class: 'txn',
    effect: 'decides what a transaction may do',
  },
  { names: 'role session_authorization is_superuser', class: 'privilege', effect: 'decides whose rights apply' },
  { names: 'row_security', class: 'privilege', effect: 'decides whether row security applies' },
  { names: 'createrole_self_grant lo_compat_privileges', class: 'privilege', effect: 'decides who may do what' },
  { names: 'session_replication_role', class: 'admin', tags: ['audit', 'guard'], effect: 'switches triggers and foreign keys off' },
  { names: 'event_triggers', class: 'admin', tags: ['audit', 'guard'], effect: 'switches event triggers off' },
  { names: 'search_path', class: 'admin', tags: ['guard'], effect: 'decides what every name without a schema means' },
  { names: 'client_encoding standard_conforming_strings backslash_quote escape_string_warning', class: 'admin', tags: ['guard'], effect: 'decides how the server reads the text of later statements' },
  {
    names: `log_* logging_collector pgaudit.* auto_explain.* pg_stat_statements.* track_activities track_activity_query_size
      track_commit_timestamp track_counts track_functions track_io_timing track_wal_io_timing compute_query_id
      debug_pretty_print syslog_* event_source set_user.* anon.* pgauditlogtofile.*`,
    class: 'admin',
    tags: ['audit'],
    effect: 'decides what the server records',
  },
  {
    names: `archive_* restore_command recovery_* wal_level wal_keep_size wal_log_hints wal_sender_timeout wal_receiver_* max_wal_senders
      max_replication_slots max_slot_wal_keep_size synchronous_standby_names primary_conninfo primary_slot_name hot_standby*
      full_page_writes fsync summarize_wal wal_summary_keep_time max_logical_replication_workers backup_*`,
    class: 'admin',
    tags: ['backup'],
    effect: 'concerns backups, replication or recovery',
  },
  {
    names: `allow_system_table_mods allow_in_place_tablespaces zero_damaged_pages ignore_checksum_failure ignore_invalid_pages
      ignore_system_indexes restrict_nonsystem_relation_kind`,
    class: 'admin',
    effect: 'switches a protection of the stored data off',
  },
  { names: 'local_preload_libraries session_preload_libraries shared_preload_libraries dynamic_library_path jit_provider extension_control_path', class: 'admin', effect: 'decides which code the server loads' },
];
