/**
 * Built-in functions that were read one by one: every volatile one of `pg_catalog`, the few immutable and stable ones that
 * do more than compute, and functions of common extensions that act on the server.
 *
 * `read` means it was looked at and changes nothing. Names that are in no list at all are `unknown`.
 */
import type { StatementClass, StatementTag } from '../verdict.ts';

export type ReviewedFunctions = {
  readonly names: string;
  readonly class: StatementClass;
  readonly tags?: readonly StatementTag[];
  /** What it does, as the end of a sentence that begins with its name. */
  readonly effect: string;
};

export const reviewedFunctions: readonly ReviewedFunctions[] = [
  // Harmless, volatile only because the answer changes.
  { names: 'clock_timestamp timeofday random random_normal gen_random_uuid uuidv4 uuidv7 array_sample array_shuffle', class: 'read', effect: 'returns the time or something random' },
  { names: 'current_query currval lastval currtid2 txid_status pg_xact_status pg_xact_commit_timestamp pg_xact_commit_timestamp_origin pg_last_committed_xact', class: 'read', effect: 'reads the state of the session or of a transaction' },
  { names: 'pg_database_size pg_relation_size pg_table_size pg_indexes_size pg_total_relation_size pg_tablespace_size', class: 'read', effect: 'measures the size of files' },
  { names: 'pg_partition_ancestors pg_partition_tree pg_collation_actual_version pg_database_collation_actual_version amvalidate pg_get_sequence_data pg_sequence_last_value', class: 'read', effect: 'reads the catalogue' },
  {
    names: `pg_blocking_pids pg_safe_snapshot_blocking_pids pg_isolation_test_session_is_blocked pg_lock_status pg_notification_queue_usage
      pg_prepared_xact pg_get_multixact_members pg_get_aios pg_get_backend_memory_contexts pg_get_loaded_modules
      pg_get_shmem_allocations pg_get_shmem_allocations_numa pg_get_wait_events pg_jit_available pg_current_logfile`,
    class: 'read',
    effect: 'shows what the server is doing',
  },
  {
    names: `pg_control_checkpoint pg_control_init pg_control_recovery pg_control_system pg_current_wal_flush_lsn pg_current_wal_insert_lsn
      pg_current_wal_lsn pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_is_in_recovery
      pg_is_wal_replay_paused pg_get_wal_replay_pause_state pg_get_wal_resource_managers pg_get_wal_summarizer_state
      pg_available_wal_summaries pg_wal_summary_contents pg_replication_origin_progress pg_replication_origin_session_is_setup
      pg_replication_origin_session_progress pg_show_replication_origin_status pg_is_in_backup pg_backup_start_time`,
    class: 'read',
    effect: 'reads positions of the write-ahead log or of replication',
  },
  {
    names: `pg_stat_get_backend_io pg_stat_get_backend_wal pg_stat_get_io pg_stat_get_recovery_prefetch pg_stat_have_stats
      pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit pg_stat_get_xact_function_calls
      pg_stat_get_xact_function_self_time pg_stat_get_xact_function_total_time pg_stat_get_xact_numscans
      pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched pg_stat_get_xact_tuples_hot_updated
      pg_stat_get_xact_tuples_inserted pg_stat_get_xact_tuples_newpage_updated pg_stat_get_xact_tuples_returned
      pg_stat_get_xact_tuples_updated`,
    class: 'read',
    effect: 'reads statistics',
  },
  { names: 'lo_get', class: 'read', effect: 'reads a large object' },
  { names: 'database_to_xml database_to_xml_and_xmlschema schema_to_xml schema_to_xml_and_xmlschema table_to_xml table_to_xml_and_xmlschema', class: 'read', tags: ['bulk_export'], effect: 'returns whole tables as one document' },

  // The session.
  { names: 'pg_sleep pg_sleep_for pg_sleep_until', class: 'session', effect: 'keeps the session waiting' },
  { names: 'setseed', class: 'session', effect: 'sets the seed of later random numbers' },
  {
    names: `pg_advisory_lock pg_advisory_lock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_lock
      pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared`,
    class: 'session',
    tags: ['lock'],
    effect: 'takes an advisory lock, which others may wait for',
  },
  { names: 'pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared', class: 'session', tags: ['lock'], effect: 'releases advisory locks' },
  { names: 'lo_open lo_close loread lo_lseek lo_lseek64 lo_tell lo_tell64', class: 'session', effect: 'works with an open large object' },
  { names: 'pg_export_snapshot', class: 'session', effect: 'lets other sessions see this snapshot' },
  { names: 'pg_stat_clear_snapshot pg_stat_force_next_flush', class: 'session', effect: 'changes how this session reads statistics' },
  { names: 'cursor_to_xml cursor_to_xmlschema', class: 'session', effect: 'fetches from an open cursor' },

  // Writes.
  { names: 'nextval setval', class: 'write', effect: 'moves a sequence, which a rollback does not undo' },
  { names: 'pg_notify', class: 'write', effect: 'notifies other sessions at commit' },
  { names: 'lo_creat lo_create lo_from_bytea lo_put lowrite lo_truncate lo_truncate64', class: 'write', tags: ['ro_slip'], effect: 'writes a large object' },
  { names: 'lo_unlink', class: 'destructive', tags: ['ro_slip'], effect: 'deletes a large object' },

  // The server and its files.
  {
    names: `pg_read_file pg_read_binary_file pg_read_file_old pg_stat_file pg_ls_dir pg_ls_logdir pg_ls_waldir pg_ls_tmpdir
      pg_ls_archive_statusdir pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_summariesdir pg_logdir_ls
      pg_hba_file_rules pg_ident_file_mappings pg_show_all_file_settings`,
    class: 'admin',
    tags: ['server_file'],
    effect: 'reads files or folders of the server',
  },
  { names: 'lo_import', class: 'admin', tags: ['server_file', 'ro_slip'], effect: 'reads a file of the server into a large object' },
  { names: 'lo_export', class: 'admin', tags: ['server_file', 'bulk_export', 'ro_slip'], effect: 'writes a file on the server' },
  { names: 'pg_file_write pg_file_rename pg_file_unlink pg_file_sync', class: 'admin', tags: ['server_file', 'ro_slip'], effect: 'changes files of the server' },
  { names: 'pg_terminate_backend pg_cancel_backend', class: 'admin', tags: ['ro_slip'], effect: 'stops the work of another session' },
  { names: 'pg_reload_conf', class: 'admin', tags: ['ro_slip'], effect: 'makes the server read its configuration again' },
  { names: 'pg_rotate_logfile pg_rotate_logfile_old', class: 'admin', tags: ['audit', 'ro_slip'], effect: 'begins a new log file' },
  { names: 'pg_stat_statements_reset pg_stat_statements_reset_1_7', class: 'admin', tags: ['audit', 'ro_slip'], effect: 'forgets which statements ran' },
  {
    names: `pg_stat_reset pg_stat_reset_backend_stats pg_stat_reset_replication_slot pg_stat_reset_shared pg_stat_reset_slru
      pg_stat_reset_single_function_counters pg_stat_reset_single_table_counters pg_stat_reset_subscription_stats`,
    class: 'admin',
    tags: ['ro_slip'],
    effect: 'sets statistics back to zero',
  },
  { names: 'pg_clear_attribute_stats pg_clear_relation_stats pg_restore_attribute_stats pg_restore_relation_stats', class: 'admin', effect: 'changes what the planner knows of a table' },
  { names: 'brin_desummarize_range brin_summarize_new_values brin_summarize_range gin_clean_pending_list', class: 'admin', effect: 'maintains an index' },
  { names: 'pg_log_backend_memory_contexts pg_import_system_collations pg_extension_config_dump pg_nextoid pg_stop_making_pinned_objects', class: 'admin', tags: ['ro_slip'], effect: 'acts on the server' },
  { names: 'pg_prewarm autoprewarm_dump_now autoprewarm_start_worker pg_buffercache_evict pg_buffercache_evict_relation pg_buffercache_evict_all pg_truncate_visibility_map heap_force_freeze', class: 'admin', tags: ['ro_slip'], effect: 'changes how the server stores or caches a table' },
  { names: 'heap_force_kill', class: 'destructive', tags: ['ro_slip'], effect: 'destroys rows without a trace' },
  {
    names: `binary_upgrade_add_sub_rel_state binary_upgrade_create_empty_extension binary_upgrade_logical_slot_has_caught_up
      binary_upgrade_replorigin_advance binary_upgrade_set_missing_value binary_upgrade_set_next_array_pg_type_oid
      binary_upgrade_set_next_heap_pg_class_oid binary_upgrade_set_next_heap_relfilenode
      binary_upgrade_set_next_index_pg_class_oid binary_upgrade_set_next_index_relfilenode
      binary_upgrade_set_next_multirange_array_pg_type_oid binary_upgrade_set_next_multirange_pg_type_oid
      binary_upgrade_set_next_pg_authid_oid binary_upgrade_set_next_pg_enum_oid binary_upgrade_set_next_pg_tablespace_oid
      binary_upgrade_set_next_pg_type_oid binary_upgrade_set_next_toast_pg_class_oid
      binary_upgrade_set_next_toast_relfilenode binary_upgrade_set_record_init_privs`,
    class: 'admin',
    effect: 'is made for upgrades of the server only',
  },
  {
    names: `dblink dblink_exec dblink_connect dblink_connect_u dblink_open dblink_fetch dblink_close dblink_disconnect
      dblink_send_query dblink_get_result dblink_cancel_query`,
    class: 'admin',
    tags: ['ro_slip'],
    effect: 'runs statements over a connection of its own, which no rollback here undoes',
  },

  // Backup and replication.
  {
    names: `pg_backup_start pg_backup_stop pg_start_backup pg_stop_backup pg_switch_wal pg_create_restore_point pg_promote
      pg_wal_replay_pause pg_wal_replay_resume pg_log_standby_snapshot pg_sync_replication_slots`,
    class: 'admin',
    tags: ['backup', 'ro_slip'],
    effect: 'acts on backups or on replication',
  },
  {
    names: `pg_create_logical_replication_slot pg_create_physical_replication_slot pg_copy_logical_replication_slot
      pg_copy_physical_replication_slot pg_drop_replication_slot pg_replication_slot_advance
      pg_logical_slot_get_binary_changes pg_logical_slot_get_changes pg_logical_slot_peek_binary_changes
      pg_logical_slot_peek_changes`,
    class: 'admin',
    tags: ['backup', 'ro_slip'],
    effect: 'works with a replication slot',
  },
  {
    names: `pg_replication_origin_advance pg_replication_origin_create pg_replication_origin_drop pg_replication_origin_session_reset
      pg_replication_origin_session_setup pg_replication_origin_xact_reset pg_replication_origin_xact_setup`,
    class: 'admin',
    tags: ['backup', 'ro_slip'],
    effect: 'changes where replication believes it stands',
  },
  { names: 'pg_logical_emit_message', class: 'admin', tags: ['backup', 'ro_slip'], effect: 'writes a message into the write-ahead log' },

  // What they run is hidden in a string, a type or a setting.
  { names: 'query_to_xml query_to_xmlschema query_to_xml_and_xmlschema ts_stat ts_rewrite crosstab crosstab2 crosstab3 crosstab4 connectby xpath_table', class: 'unknown', effect: 'runs a statement that is hidden in a string' },
  { names: 'domain_in domain_recv array_in record_in range_in multirange_in pg_input_is_valid pg_input_error_info', class: 'unknown', effect: 'runs the checks of a type that is named in a string' },
  { names: 'set_config', class: 'unknown', effect: 'changes a setting whose name is not written here' },
  { names: 'plpgsql_call_handler plpgsql_inline_handler plpgsql_validator fmgr_c_validator fmgr_internal_validator fmgr_sql_validator', class: 'unknown', effect: 'is part of a procedural language' },
];
