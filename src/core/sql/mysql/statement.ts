/** Finds the classifier of a statement by its first words. What is not listed is unknown. */

import { classifyGrant } from './accounts.ts';
import { classifyInsert, classifyLoad } from './addRows.ts';
import {
  classifyChecksum, classifyFlush, classifyHandler, classifyInstall, classifyKill, classifyLock, classifyOther, classifyPurge, classifyReplication, classifyReset, classifyTableMaintenance,
} from './administration.ts';
import { classifyDelete, classifyUpdate } from './changeRows.ts';
import { findWord } from './clauses.ts';
import { classifyCreateOrAlter } from './definition.ts';
import { createDraft, notUnderstood, only, raise } from './draft.ts';
import type { Draft } from './draft.ts';
import { classifyAnalyzeStatement, classifyExplain } from './explainStatement.ts';
import { classifyQuery } from './query.ts';
import { classifyDrop, classifyRename, classifyTruncate } from './removal.ts';
import { canBeName } from './reserved.ts';
import { scanTokens } from './scan.ts';
import { disguise, isDisguised } from './disguise.ts';
import { classifySet, effectOf } from './setStatement.ts';
import { classifyHelp, classifyShow } from './showStatement.ts';
import { readsTables } from './targets.ts';
import { nameText, tokenKind, tokenText } from './tokens.ts';
import { classifyCode } from './storedCode.ts';
import { classifySavepoint, classifyTransaction, classifyXa } from './transaction.ts';

type Classifier = (draft: Draft, depth: number) => void;

/** Statements inside statements: EXPLAIN and SET STATEMENT. */
const maxStatementDepth = 4;

const classifiers: ReadonlyMap<string, Classifier> = new Map<string, Classifier>([
  ['SELECT', classifyQuery], ['WITH', classifyQuery], ['TABLE', classifyQuery], ['VALUES', classifyQuery], ['(', classifyQuery],
  ['SHOW', classifyShow], ['HELP', classifyHelp], ['CHECKSUM', classifyChecksum], ['HANDLER', classifyHandler],
  ['EXPLAIN', (draft, depth) => classifyExplain(draft, inner(depth))], ['DESCRIBE', (draft, depth) => classifyExplain(draft, inner(depth))], ['DESC', (draft, depth) => classifyExplain(draft, inner(depth))],
  ['INSERT', (draft) => classifyInsert(draft, draft.first)], ['REPLACE', (draft) => classifyInsert(draft, draft.first)],
  ['UPDATE', (draft) => classifyUpdate(draft, draft.first)], ['DELETE', (draft) => classifyDelete(draft, draft.first)], ['LOAD', classifyLoad],
  ['CREATE', classifyCreateOrAlter], ['ALTER', classifyCreateOrAlter], ['DROP', classifyDrop], ['TRUNCATE', classifyTruncate], ['RENAME', classifyRename],
  ['GRANT', classifyGrant], ['REVOKE', classifyGrant],
  ['SET', classifySetOrStatement], ['USE', classifyUse], ['DO', classifyDo],
  ['BEGIN', classifyTransaction], ['COMMIT', classifyTransaction], ['ROLLBACK', classifyTransaction], ['XA', classifyXa],
  ['SAVEPOINT', (draft) => classifySavepoint(draft, draft.first + 1)],
  ['RELEASE', (draft) => (draft.tokens.word[draft.first + 1] === 'SAVEPOINT' ? classifySavepoint(draft, draft.first + 2) : notUnderstood(draft, 'RELEASE needs SAVEPOINT and a name', draft.first))],
  ['START', (draft) => (draft.tokens.word[draft.first + 1] === 'TRANSACTION' ? classifyTransaction(draft) : classifyReplication(draft))],
  ['STOP', classifyReplication], ['CHANGE', classifyReplication], ['RESET', classifyReset], ['PURGE', classifyPurge], ['FLUSH', classifyFlush], ['KILL', classifyKill],
  ['ANALYZE', (draft, depth) => (isTableMaintenance(draft) || draft.context.dialect === 'mysql' ? classifyTableMaintenance(draft) : classifyAnalyzeStatement(draft, inner(depth)))],
  ['CHECK', classifyTableMaintenance], ['OPTIMIZE', classifyTableMaintenance], ['REPAIR', classifyTableMaintenance],
  ['INSTALL', classifyInstall], ['UNINSTALL', classifyInstall], ['LOCK', classifyLock], ['UNLOCK', classifyLock],
  ['SIGNAL', classifyDiagnostics], ['RESIGNAL', classifyDiagnostics], ['GET', classifyDiagnostics],
  ['CALL', (draft) => classifyCode(draft, 'call', 'A procedure may do anything, transactions included')],
  ['EXECUTE', (draft) => classifyCode(draft, 'execute', 'What it executes is not written here')],
  ['PREPARE', (draft) => classifyCode(draft, 'prepare', 'Prepares a statement from a text that is not looked into')],
  ['DEALLOCATE', classifyDeallocate],
]);

/** Classifies the statement of the draft. */
export function classifyStatement(draft: Draft, depth = 0): void {
  const { tokens, first } = draft;
  if (depth > maxStatementDepth) return raise(draft, 'unknown', { code: 'too-deep', message: 'Statements are nested too deep' }, only(first));
  const classifier = classifiers.get(tokens.word[first] as string);
  if (classifier !== undefined) return classifier(draft, depth);
  if (classifyOther(draft)) return;
  if (compoundWords.has(tokens.word[first] as string) || tokens.word[first + 1] === ':') return classifyCode(draft, 'compound', 'A compound statement may do anything, transactions included');
  notUnderstood(draft, describeUnknown(draft), first);
}

const compoundWords = new Set(['IF', 'CASE', 'LOOP', 'WHILE', 'REPEAT', 'FOR', 'DECLARE']);

/** Commands of client programs, which people paste together with statements. */
const clientCommands = new Set(['source', 'system', 'delimiter', 'quit', 'exit', 'status', 'tee', 'notee', 'pager', 'nopager', 'warnings', 'nowarning', 'charset', 'connect', 'edit', 'ego', 'go', 'clear', 'print', 'rehash', 'resetconnection']);

function describeUnknown({ tokens, first }: Draft): string {
  const word = tokenText(tokens, first);
  if (word === '\\' || clientCommands.has(word.toLowerCase())) return `${word} is a command of a client program; the server does not know it`;
  return `No statement known here begins with ${word.length > 40 ? `${word.slice(0, 40)}…` : word}`;
}

/** Classifies an inner statement and adds its findings to the outer one, without raising it. */
function inner(depth: number): (draft: Draft, at: number) => Draft | undefined {
  return (draft, at) => {
    const part = createDraft(draft.tokens, at, draft.last, draft.context);
    classifyStatement(part, depth + 1);
    draft.reasons.push(...part.reasons);
    draft.targets.push(...part.targets);
    for (const tag of part.tags) draft.tags.add(tag);
    draft.implicitCommit ||= part.implicitCommit;
    if (part.kind !== 'unparsed') return part;
    draft.kind = 'unparsed';
    raise(draft, 'unknown', { code: 'not-understood', message: 'The statement inside is not understood' }, only(at));
    return undefined;
  };
}

function isTableMaintenance({ tokens, first }: Draft): boolean {
  return ['TABLE', 'TABLES', 'LOCAL', 'NO_WRITE_TO_BINLOG'].includes(tokens.word[first + 1] as string);
}

/** SET, or MariaDB's `SET STATEMENT variable = value FOR statement`. */
function classifySetOrStatement(draft: Draft, depth: number): void {
  const { tokens, first, last, context } = draft;
  if (tokens.word[first + 1] !== 'STATEMENT' || context.dialect === 'mysql' || tokens.word[first + 2] === '=') return classifySet(draft);
  const statement = findWord(tokens, first, last, 'FOR') + 1;
  if (statement >= last) return notUnderstood(draft, 'SET STATEMENT needs FOR and a statement', first);
  const part = inner(depth)(draft, statement);
  if (part === undefined) return;
  draft.kind = part.kind;
  draft.returnsRows = part.returnsRows;
  draft.canPreview = part.canPreview;
  draft.canRunInTransaction = part.canRunInTransaction;
  raise(draft, part.class, { code: 'with-settings', message: 'Changes settings for one statement and executes it' }, { first, last: statement });
  judgeSettings(draft, first + 2, statement - 1);
}

/** Only settings that guard something count: others last for this statement alone. */
function judgeSettings(draft: Draft, from: number, to: number): void {
  const { tokens } = draft;
  for (let at = from; at < to; at++) {
    const end = findWord(tokens, at, to, ',');
    const name = nameText(tokens, at).toLowerCase();
    if (!canBeName(tokens, at) || tokens.word[at + 1] !== '=') return notUnderstood(draft, 'SET STATEMENT needs assignments of the form variable = value', at);
    if (isDisguised(name)) return raise(draft, 'unknown', disguise(name), { first: at, last: end });
    const effect = effectOf(name);
    if (effect !== undefined && effect.class !== 'session') raise(draft, effect.class, { code: effect.code, message: `${name}: ${effect.message}`, tags: effect.tags }, { first: at, last: end });
    if (tokens.kind[at + 2] !== tokenKind.word || end > at + 3) scanTokens(draft, at + 2, end, 'expressions');
    at = end;
  }
}

function classifyUse(draft: Draft): void {
  const { tokens, first, last, context } = draft;
  if (first + 2 !== last || !canBeName(tokens, first + 1)) return notUnderstood(draft, 'USE needs the name of a database', first);
  draft.kind = 'use';
  context.schema = nameText(tokens, first + 1);
  raise(draft, 'session', { code: 'changes-names', message: 'Changes which tables later statements mean' }, { first, last });
}

function classifyDo(draft: Draft): void {
  const { first, last } = draft;
  if (first + 1 >= last) return notUnderstood(draft, 'DO needs an expression', first);
  draft.kind = 'do';
  raise(draft, 'session', { code: 'evaluates', message: 'Evaluates expressions for their effects only' }, only(first));
  readsTables(draft, scanTokens(draft, first + 1, last, 'expressions').tables);
}

function classifyDiagnostics(draft: Draft): void {
  const { tokens, first, last } = draft;
  const verb = (tokens.word[first] as string).toLowerCase();
  draft.kind = verb === 'get' ? 'get-diagnostics' : verb;
  const isKnown = verb === 'resignal' || (verb === 'signal' ? first + 1 < last : findWord(tokens, first, Math.min(last, first + 3), 'DIAGNOSTICS') < Math.min(last, first + 3));
  if (!isKnown) return notUnderstood(draft, `${verb.toUpperCase()} does not go on like this`, first);
  const equals = findWord(tokens, first, last, '=');
  if (equals < last) scanTokens(draft, equals + 1, last, 'expressions');
  raise(draft, 'session', { code: 'session-state', message: 'Raises or reads an error of this session' }, only(first));
}

function classifyDeallocate(draft: Draft): void {
  const { tokens, first, last } = draft;
  if (tokens.word[first + 1] !== 'PREPARE' || first + 3 !== last) return notUnderstood(draft, 'DEALLOCATE needs PREPARE and a name', first);
  draft.kind = 'deallocate-prepare';
  raise(draft, 'session', { code: 'session-state', message: 'Forgets a prepared statement of this session' }, { first, last });
}
