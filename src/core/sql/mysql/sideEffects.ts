/** Built-in and well-known loadable functions that do more than compute. Data. */

import type { StatementClass, StatementTag } from '../verdict.ts';

export type SideEffect = { readonly class: StatementClass; readonly code: string; readonly message: string; readonly tags?: readonly StatementTag[] };

const waits = 'waits inside the server and keeps the connection busy until it is done';
const locks = 'takes or frees locks that this session holds until it disconnects; a rollback does not give them back';

/** By upper-case name. */
export const sideEffects: ReadonlyMap<string, SideEffect> = new Map<string, SideEffect>([
  ['SLEEP', { class: 'session', code: 'waits', message: `SLEEP ${waits}` }],
  ['BENCHMARK', { class: 'session', code: 'waits', message: `BENCHMARK ${waits}` }],
  ['MASTER_POS_WAIT', { class: 'session', code: 'waits', message: `MASTER_POS_WAIT ${waits}` }],
  ['SOURCE_POS_WAIT', { class: 'session', code: 'waits', message: `SOURCE_POS_WAIT ${waits}` }],
  ['MASTER_GTID_WAIT', { class: 'session', code: 'waits', message: `MASTER_GTID_WAIT ${waits}` }],
  ['WAIT_FOR_EXECUTED_GTID_SET', { class: 'session', code: 'waits', message: `WAIT_FOR_EXECUTED_GTID_SET ${waits}` }],
  ['WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS', { class: 'session', code: 'waits', message: `WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS ${waits}` }],
  ['WSREP_SYNC_WAIT_UPTO_GTID', { class: 'session', code: 'waits', message: `WSREP_SYNC_WAIT_UPTO_GTID ${waits}` }],
  ['GET_LOCK', { class: 'session', code: 'session-lock', message: `GET_LOCK ${locks}`, tags: ['lock', 'ro_slip'] }],
  ['RELEASE_LOCK', { class: 'session', code: 'session-lock', message: `RELEASE_LOCK ${locks}` }],
  ['RELEASE_ALL_LOCKS', { class: 'session', code: 'session-lock', message: `RELEASE_ALL_LOCKS ${locks}` }],
  ['LOAD_FILE', { class: 'admin', code: 'reads-server-file', message: 'LOAD_FILE reads a file of the server machine', tags: ['server_file', 'ro_slip'] }],
]);

const changesSequence = 'takes a number from a sequence; a rollback does not give it back';

/** Functions of MariaDB's sequences. */
export const sequenceEffects: ReadonlyMap<string, SideEffect> = new Map<string, SideEffect>([
  ['NEXTVAL', { class: 'write', code: 'changes-sequence', message: `NEXTVAL ${changesSequence}` }],
  ['SETVAL', { class: 'write', code: 'changes-sequence', message: 'SETVAL moves a sequence; a rollback does not move it back' }],
]);

/** Families of loadable functions: nobody can tell what a version of them does, but what they touch is known. */
export const dangerousFamilies: readonly { readonly prefix: string; readonly tags: readonly StatementTag[]; readonly message: string }[] = [
  { prefix: 'AUDIT_LOG_', tags: ['audit'], message: 'Functions of the audit log can switch auditing off' },
  { prefix: 'AUDIT_API_', tags: ['audit'], message: 'Functions of the audit log can write or change audit records' },
  { prefix: 'GROUP_REPLICATION_', tags: ['backup'], message: 'Functions of group replication change which server is in charge' },
  { prefix: 'ASYNCHRONOUS_CONNECTION_FAILOVER_', tags: ['backup'], message: 'These functions change where replication reads from' },
  { prefix: 'INNODB_', tags: [], message: 'These functions change how the storage engine works' },
  { prefix: 'RPL_', tags: ['backup'], message: 'Functions with this prefix belong to replication' },
  { prefix: 'CLONE_', tags: ['backup'], message: 'Functions with this prefix belong to cloning the server' },
  { prefix: 'KEYRING_', tags: ['secret'], message: 'Functions of the keyring read, make or remove encryption keys' },
  { prefix: 'MASKING_', tags: [], message: 'Functions with this prefix can change masking dictionaries' },
  { prefix: 'GEN_', tags: [], message: 'Functions with this prefix can change masking dictionaries' },
  { prefix: 'MYSQL_FIREWALL_', tags: ['audit'], message: 'Functions of the firewall change what it lets pass' },
  { prefix: 'FIREWALL_', tags: ['audit'], message: 'Functions of the firewall change what it lets pass' },
  { prefix: 'SET_FIREWALL_', tags: ['audit'], message: 'Functions of the firewall change what it lets pass' },
  { prefix: 'READ_FIREWALL_', tags: ['audit'], message: 'Functions of the firewall change what it lets pass' },
  { prefix: 'VERSION_TOKENS_', tags: ['guard'], message: 'Functions of version tokens change what sessions may do' },
  { prefix: 'SERVICE_', tags: ['lock'], message: 'Functions of the locking service take or free locks' },
  { prefix: 'SYS_EXEC', tags: ['server_program'], message: 'This function runs a program on the server machine' },
  { prefix: 'SYS_EVAL', tags: ['server_program'], message: 'This function runs a program on the server machine' },
  { prefix: 'SPIDER_', tags: [], message: 'Functions of Spider send statements to other servers' },
  { prefix: 'MROONGA_', tags: [], message: 'Functions of Mroonga run commands of another engine' },
];
