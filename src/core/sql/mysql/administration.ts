/** Statements that run the server rather than use a database. */

import { noteSecret } from './accounts.ts';
import { findClause, findWord } from './clauses.ts';
import { commitsImplicitly, notUnderstood, only, raise, whole } from './draft.ts';
import type { Draft, Finding } from './draft.ts';
import { readObjectName } from './names.ts';
import { canBeName } from './reserved.ts';
import { scanTokens } from './scan.ts';
import { readsTables, toTable } from './targets.ts';
import { tokenKind } from './tokens.ts';

const administration: Finding = { code: 'server-administration', message: 'Administers the server' };
const replication: Finding = { code: 'replication-changed', message: 'Changes what replicas and backups receive', tags: ['backup', 'ro_slip'] };

/** ANALYZE TABLE, CHECK TABLE, OPTIMIZE TABLE, REPAIR TABLE. */
export function classifyTableMaintenance(draft: Draft): void {
  const { tokens, first, last } = draft;
  const verb = (tokens.word[first] as string).toLowerCase();
  let at = first + 1;
  while (tokens.word[at] === 'NO_WRITE_TO_BINLOG' || tokens.word[at] === 'LOCAL') at++;
  const object = tokens.word[at];
  if (object !== 'TABLE' && object !== 'TABLES' && !(object === 'VIEW' && (verb === 'check' || verb === 'repair'))) return notUnderstood(draft, `${verb.toUpperCase()} needs TABLE and a name`, first);
  draft.kind = `${verb}-table`;
  for (at++; at < last; at++) {
    const name = canBeName(tokens, at) ? readObjectName(tokens, at, last) : undefined;
    if (name === undefined) return notUnderstood(draft, 'The name of a table is missing', at - 1);
    readsTables(draft, [toTable(name)]);
    if (tokens.word[name.last] !== ',') break;
    at = name.last;
  }
  if (draft.targets.length === 0) return notUnderstood(draft, 'The name of a table is missing', last - 1);
  commitsImplicitly(draft);
  draft.returnsRows = true;
  raise(draft, 'admin', { ...administration, tags: verb === 'analyze' || verb === 'check' ? ['ro_slip'] : [] }, { first, last: first + 2 });
}

/** FLUSH. */
export function classifyFlush(draft: Draft): void {
  const { tokens, first, last } = draft;
  draft.kind = 'flush';
  if (first + 1 >= last) return notUnderstood(draft, 'FLUSH has nothing to flush', first);
  commitsImplicitly(draft);
  raise(draft, 'admin', { ...administration, tags: ['ro_slip'] }, whole(draft));
  if (findWord(tokens, first, last, 'LOGS') < last) raise(draft, 'admin', { code: 'logging-changed', message: 'Closes the log files and begins new ones', tags: ['audit'] }, whole(draft));
  if (findClause(tokens, first, last, new Set(['LOCK', 'EXPORT'])) < last) raise(draft, 'admin', { code: 'locks-tables', message: 'Locks tables against everyone else', tags: ['lock'] }, whole(draft));
}

/** KILL. */
export function classifyKill(draft: Draft): void {
  const { tokens, first, last } = draft;
  draft.kind = 'kill';
  let at = first + 1;
  while (['HARD', 'SOFT', 'CONNECTION', 'QUERY', 'ID', 'USER'].includes(tokens.word[at] as string)) at++;
  if (at >= last) return notUnderstood(draft, 'KILL needs a connection', first);
  if (tokens.word[at - 1] !== 'USER') readsTables(draft, scanTokens(draft, at, last, 'expressions').tables);
  raise(draft, 'admin', { code: 'ends-sessions', message: "It ends another session's work.", tags: ['ro_slip'] }, whole(draft));
}

/** PURGE BINARY LOGS. */
export function classifyPurge(draft: Draft): void {
  const { tokens, first, last } = draft;
  draft.kind = 'purge-binary-logs';
  if ((tokens.word[first + 1] !== 'BINARY' && tokens.word[first + 1] !== 'MASTER') || tokens.word[first + 2] !== 'LOGS' || first + 4 >= last) return notUnderstood(draft, 'PURGE needs BINARY LOGS and TO or BEFORE', first);
  scanTokens(draft, first + 4, last, 'expressions');
  raise(draft, 'destructive', { code: 'removes-logs', message: 'Removes binary logs, which replicas and point-in-time recovery need', tags: ['backup', 'ro_slip'] }, whole(draft));
}

/** RESET. */
export function classifyReset(draft: Draft): void {
  const { tokens, first, last } = draft;
  draft.kind = 'reset';
  const what = tokens.word[first + 1] as string;
  if (first + 1 >= last) return notUnderstood(draft, 'RESET has nothing to reset', first);
  if (what !== 'PERSIST') commitsImplicitly(draft);
  if (what === 'MASTER' || what === 'BINARY') return raise(draft, 'destructive', { code: 'removes-logs', message: 'Removes all binary logs, which replicas and point-in-time recovery need', tags: ['backup', 'ro_slip'] }, whole(draft));
  if (what === 'REPLICA' || what === 'SLAVE') return raise(draft, 'admin', replication, whole(draft));
  if (what === 'PERSIST' || what === 'QUERY') return raise(draft, 'admin', { code: 'server-setting', message: 'Changes the server for every session', tags: ['ro_slip'] }, whole(draft));
  notUnderstood(draft, 'It is not clear what is reset', first + 1);
}

/** CHANGE MASTER, CHANGE REPLICATION, START and STOP of replication. */
export function classifyReplication(draft: Draft): void {
  const { tokens, first, last } = draft;
  const verb = (tokens.word[first] as string).toLowerCase();
  const words = tokens.word.slice(first + 1, Math.min(last, first + 3));
  const isKnown = verb === 'change' ? words[0] === 'MASTER' || words[0] === 'REPLICATION' : ['SLAVE', 'REPLICA', 'GROUP_REPLICATION', 'ALL'].includes(words[0] as string);
  if (!isKnown) return notUnderstood(draft, `It is not clear what ${verb.toUpperCase()} is about`, first);
  draft.kind = verb === 'change' ? 'change-replication-source' : `${verb}-replica`;
  commitsImplicitly(draft);
  noteSecret(draft);
  raise(draft, 'admin', replication, whole(draft));
}

/** INSTALL and UNINSTALL. */
export function classifyInstall(draft: Draft): void {
  const { tokens, first, last, context } = draft;
  const what = tokens.word[first + 1] as string;
  const verb = (tokens.word[first] as string).toLowerCase();
  const isKnown = what === 'PLUGIN' || what === 'SONAME' || (what === 'COMPONENT' && context.dialect === 'mysql');
  if (!isKnown || first + 2 >= last) return notUnderstood(draft, `It is not clear what ${verb.toUpperCase()} is about`, first);
  draft.kind = `${verb}-${what === 'SONAME' ? 'plugin' : what.toLowerCase()}`;
  commitsImplicitly(draft);
  const message = verb === 'install' ? 'Loads native code into the server' : 'Removes a part of the server, which may be the one that audits or checks passwords';
  raise(draft, 'admin', { code: 'loads-code', message, tags: verb === 'install' ? [] : ['audit'] }, whole(draft));
}

/** LOCK and UNLOCK, of tables or of the server. */
export function classifyLock(draft: Draft): void {
  const { tokens, first, last, context } = draft;
  const verb = (tokens.word[first] as string).toLowerCase();
  const what = tokens.word[first + 1];
  if (what === 'INSTANCE' && context.dialect === 'mysql') {
    draft.kind = `${verb}-instance`;
    return raise(draft, 'admin', { code: 'locks-server', message: 'Keeps others from changing structures while a backup runs', tags: ['backup', 'lock', 'ro_slip'] }, whole(draft));
  }
  if ((what !== 'TABLE' && what !== 'TABLES') || (verb === 'lock' && first + 3 >= last)) return notUnderstood(draft, `${verb.toUpperCase()} needs TABLES`, first);
  draft.kind = `${verb}-tables`;
  draft.canRunInTransaction = false;
  commitsImplicitly(draft);
  const message = verb === 'lock' ? 'Commits the open transaction and locks tables against everyone else' : 'Frees the tables locked by this session and commits';
  raise(draft, 'txn', { code: 'locks-tables', message, tags: ['lock', 'txn_escape'] }, whole(draft));
}

/** Statements known by their first words only. */
const others: readonly { readonly words: readonly string[]; readonly kind: string; readonly only?: 'mysql' | 'mariadb'; readonly needs: number; readonly class: 'admin' | 'unknown'; readonly finding: Finding }[] = [
  { words: ['SHUTDOWN'], kind: 'shutdown', needs: 0, class: 'admin', finding: { code: 'stops-server', message: 'Stops the server', tags: ['ro_slip'] } },
  { words: ['RESTART'], kind: 'restart', only: 'mysql', needs: 0, class: 'admin', finding: { code: 'stops-server', message: 'Stops the server and starts it again', tags: ['ro_slip'] } },
  { words: ['CACHE', 'INDEX'], kind: 'cache-index', needs: 2, class: 'admin', finding: administration },
  { words: ['CLONE', 'LOCAL'], kind: 'clone', only: 'mysql', needs: 2, class: 'admin', finding: { code: 'copies-server', message: 'Copies all data of the server into a folder of its machine', tags: ['backup', 'bulk_export', 'server_file'] } },
  { words: ['CLONE', 'INSTANCE'], kind: 'clone', only: 'mysql', needs: 2, class: 'admin', finding: { code: 'copies-server', message: 'Replaces all data of a server with those of another one', tags: ['backup', 'bulk_export'] } },
  { words: ['BACKUP'], kind: 'backup', only: 'mariadb', needs: 1, class: 'admin', finding: { code: 'backup-control', message: 'Steers backups and blocks others meanwhile', tags: ['backup', 'lock', 'ro_slip'] } },
  { words: ['IMPORT', 'TABLE'], kind: 'import-table', only: 'mysql', needs: 2, class: 'admin', finding: { code: 'reads-server-file', message: 'Adds tables from files of the server machine', tags: ['server_file', 'implicit_commit'] } },
  { words: ['BINLOG'], kind: 'binlog', needs: 1, class: 'unknown', finding: { code: 'encoded-changes', message: 'Applies encoded row changes that nobody can read here', tags: ['backup'] } },
];

/** The statements of the table above; false when it is none of them. */
export function classifyOther(draft: Draft): boolean {
  const { tokens, first, last, context } = draft;
  const other = others.find(({ words }) => words.every((word, index) => tokens.word[first + index] === word));
  if (other === undefined) return false;
  if (first + other.words.length + other.needs > last || (other.only !== undefined && other.only !== context.dialect)) {
    notUnderstood(draft, 'The server does not accept this statement', first);
    return true;
  }
  draft.kind = other.kind;
  draft.implicitCommit = other.finding.tags?.includes('implicit_commit') === true;
  noteSecret(draft);
  raise(draft, other.class, other.finding, whole(draft));
  return true;
}

/** CHECKSUM TABLE only reads. */
export function classifyChecksum(draft: Draft): void {
  const { tokens, first, last } = draft;
  const name = readObjectName(tokens, first + 2, last);
  if ((tokens.word[first + 1] !== 'TABLE' && tokens.word[first + 1] !== 'TABLES') || name === undefined) return notUnderstood(draft, 'CHECKSUM needs TABLE and a name', first);
  draft.kind = 'checksum-table';
  draft.returnsRows = true;
  draft.canPreview = true;
  readsTables(draft, [toTable(name)]);
}

/** HANDLER: opens and closes change the session; reading does not. */
export function classifyHandler(draft: Draft): void {
  const { tokens, first, last } = draft;
  const name = readObjectName(tokens, first + 1, last);
  const action = name === undefined ? '' : tokens.word[name.last];
  if (name === undefined || (action !== 'OPEN' && action !== 'CLOSE' && action !== 'READ')) return notUnderstood(draft, 'HANDLER needs a table and OPEN, READ or CLOSE', first);
  draft.kind = 'handler';
  readsTables(draft, [toTable(name)]);
  if (action !== 'READ') return raise(draft, 'session', { code: 'session-state', message: 'Opens or closes a table for this session' }, only(first));
  draft.returnsRows = true;
  const clause = findClause(tokens, name.last, last, new Set(['WHERE', 'LIMIT']));
  if (clause < last) scanTokens(draft, clause + 1, last, 'expressions');
  for (let at = name.last; at < clause; at++) if (tokens.kind[at] === tokenKind.word && tokens.word[at + 1] === '(' && tokens.word[at] === '') scanTokens(draft, at, clause, 'expressions');
}
