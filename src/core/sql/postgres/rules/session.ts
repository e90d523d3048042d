/** The session and its transactions: settings, cursors, prepared statements, locks, notifications. */
import type { StatementTag } from '../../verdict.ts';
import { fact, type Finding, type StatementFacts } from '../findings.ts';
import { listNames } from '../objects.ts';
import { effectOfSetting } from '../settings.ts';
import { flag, has, inline, many, one, text, type PgNode } from '../tree.ts';

export function describeSet(node: PgNode): StatementFacts {
  const kind = text(node, 'kind').startsWith('VAR_RESET') ? 'reset' : 'set';
  if (text(node, 'kind') === 'VAR_RESET_ALL') return { kind, findings: [fact('set', 'session', 'Resets every setting of this session, safety settings included')] };
  if (text(node, 'kind') === 'VAR_SET_MULTI') return { kind, findings: [describeTransactionMode(node)] };
  const name = text(node, 'name');
  const effect = effectOfSetting(name);
  const tags: readonly StatementTag[] = effect.class === 'txn' && name.toLowerCase() === 'transaction_read_only' ? [...effect.tags, 'txn_escape'] : effect.tags;
  return { kind, findings: [{ class: effect.class, code: 'set', message: effect.message, tags }] };
}

/** SET TRANSACTION and SET SESSION CHARACTERISTICS. */
function describeTransactionMode(node: PgNode): Finding {
  const isReadWrite = many(node, 'args').some(({ node: mode }) => text(mode, 'defname') === 'transaction_read_only' && isZero(mode));
  return fact('set', 'txn', isReadWrite ? 'Makes the transaction writable' : 'Changes what the transaction may do', isReadWrite ? ['txn_escape'] : []);
}

function isZero(mode: PgNode): boolean {
  const constant = one(mode, 'arg')?.node;
  return constant !== undefined && !has(inline(constant, 'ival') ?? {}, 'ival');
}

type TransactionRule = { readonly kind: string; readonly message: string; readonly tags?: readonly StatementTag[]; readonly canRunInTransaction?: false };

const transactionRules: Readonly<Record<string, TransactionRule>> = {
  TRANS_STMT_BEGIN: { kind: 'begin', message: 'Begins a transaction', tags: ['txn_escape'] },
  TRANS_STMT_START: { kind: 'begin', message: 'Begins a transaction', tags: ['txn_escape'] },
  TRANS_STMT_COMMIT: { kind: 'commit', message: 'Ends the transaction and makes its changes final', tags: ['txn_escape'] },
  TRANS_STMT_ROLLBACK: { kind: 'rollback', message: 'Ends the transaction and undoes its changes', tags: ['txn_escape'] },
  TRANS_STMT_SAVEPOINT: { kind: 'savepoint', message: 'Marks a place to roll back to' },
  TRANS_STMT_RELEASE: { kind: 'release-savepoint', message: 'Forgets a savepoint' },
  TRANS_STMT_ROLLBACK_TO: { kind: 'rollback-to-savepoint', message: 'Undoes the changes since a savepoint' },
  TRANS_STMT_PREPARE: { kind: 'prepare-transaction', message: 'Takes the transaction out of this session, to be committed later from anywhere', tags: ['txn_escape', 'ro_slip'] },
  TRANS_STMT_COMMIT_PREPARED: { kind: 'commit-prepared', message: 'Makes a prepared transaction final', tags: ['txn_escape', 'no_txn'], canRunInTransaction: false },
  TRANS_STMT_ROLLBACK_PREPARED: { kind: 'rollback-prepared', message: 'Undoes a prepared transaction', tags: ['txn_escape', 'no_txn'], canRunInTransaction: false },
};

export function describeTransaction(node: PgNode): StatementFacts {
  const rule = transactionRules[text(node, 'kind')];
  if (!rule) return { kind: 'transaction', findings: [fact('unlisted', 'unknown', `It is not known what ${text(node, 'kind')} does`)] };
  const { kind, message, tags = [], canRunInTransaction = true } = rule;
  return { kind, findings: [fact(kind, 'txn', message, tags)], canPreview: false, canRunInTransaction };
}

export function describePrepare(node: PgNode): StatementFacts {
  const inner = one(node, 'query')?.type.replace('Stmt', '').toUpperCase() ?? 'statement';
  return { kind: 'prepare', findings: [fact('prepare', 'session', `Keeps a ${inner} ready under the name ${text(node, 'name')}: what counts is its later EXECUTE`)] };
}

export function describeExecute(node: PgNode): StatementFacts {
  return { kind: 'execute', findings: [fact('execute', 'unknown', `Runs ${text(node, 'name')}, whose statement is not in this text`)], returnsRows: true };
}

export function describeFetch(node: PgNode): StatementFacts {
  const isMove = flag(node, 'ismove');
  return { kind: isMove ? 'move' : 'fetch', findings: [fact(isMove ? 'move' : 'fetch', 'session', 'Moves in an open cursor')], returnsRows: !isMove };
}

export function describeDeclareCursor(node: PgNode): StatementFacts {
  return { kind: 'declare-cursor', findings: [fact('declare-cursor', 'session', `Opens the cursor ${text(node, 'portalname')}`)] };
}

export function describeLock(node: PgNode): StatementFacts {
  const tables = listNames(many(node, 'relations').map(({ node: relation }) => text(relation, 'relname')));
  return { kind: 'lock-table', findings: [fact('lock-table', 'session', `Locks ${tables} until the transaction ends, and others wait`, ['lock', 'ro_slip'])] };
}

export function describeNotify(node: PgNode): StatementFacts {
  return { kind: 'notify', findings: [fact('notify', 'write', `Notifies whoever listens to ${text(node, 'conditionname')} at commit`)] };
}
