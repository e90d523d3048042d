/** What a script for MySQL or MariaDB will do. */

import { createByteMap, maxStatementBytes, formatBytes, refuseText, utf8Length } from '../bytes.ts';
import type { ByteMap } from '../bytes.ts';
import { statementClasses, worstClass } from '../verdict.ts';
import type { ClassifiedStatement, Reason, ScriptVerdict } from '../verdict.ts';
import { createDraft, notUnderstood, only, raise } from './draft.ts';
import type { Draft, ScriptContext } from './draft.ts';
import { classifyHints } from './hints.ts';
import { splitStatements } from './split.ts';
import type { StatementRange } from './split.ts';
import { classifyStatement } from './statement.ts';
import { noteOtherDatabase } from './targets.ts';
import { tokenKind } from './tokens.ts';
import type { ExecutableComment, LexicalMode, MysqlDialect, Tokens } from './tokens.ts';
import { tokenize } from './tokenize.ts';

export type MysqlOptions = {
  /** The session's sql_mode, when it is known. Without it a text that another mode would read differently is `unknown`. */
  readonly sqlMode?: readonly string[];
  /**
   * `script`: a file for people and client programs, in which DELIMITER lines are obeyed. `message`: what is sent to the
   * server as it is; a DELIMITER line is an error there. Default: `script`.
   */
  readonly source?: 'script' | 'message';
};

/**
 * Splits and classifies a script. Pure, linear in the length of the text, never throws.
 *
 * The verdict holds for a session with a UTF-8 client character set and the given sql_mode only. Whatever is not known
 * to be harmless is `unknown`. DELIMITER lines are obeyed and belong to no statement.
 */
export function classifyMysql(text: string, dialect: MysqlDialect, options: MysqlOptions = {}): ScriptVerdict {
  const refusal = refuseText(text);
  if (refusal !== undefined) {
    const { message, offset } = refusal;
    // Over-long texts are not even measured: that alone would keep an editor waiting.
    const statements = offset === undefined ? [] : [unreadable(text, message)];
    return { dialect, class: 'unknown', statements, error: offset === undefined ? { message } : { message, offset } };
  }
  const modes = lexicalModes(dialect, options);
  const tokens = tokenize(text, modes.first);
  const verdict = classifyTokens(tokens);
  if (options.source === 'message' && tokens.cuts.some(({ isCommand }) => isCommand)) return withClientCommand(verdict, tokens);
  if (verdict.class === 'unknown') return verdict;
  // A known mode helps no further than to the statement that changes it.
  const isModeCertain = options.sqlMode !== undefined && !verdict.statements.some(({ tags }) => tags.includes('guard'));
  const candidates = isModeCertain ? modes.others.filter(({ swallowingCharset }) => swallowingCharset) : modes.others;
  const ambiguous = candidates.find((mode) => isRelevant(mode, modes.first, tokens) && isWorse(verdict, tokenize(text, mode)));
  return ambiguous === undefined ? verdict : withAmbiguity(verdict, ambiguous);
}

/** Splits only: where the statements are, without looking at what they do. Byte offsets. */
export function splitMysql(text: string, dialect: MysqlDialect): readonly { readonly start: number; readonly end: number }[] {
  const tokens = tokenize(text, lexicalModes(dialect, {}).first);
  const map = createByteMap(text);
  return splitStatements(tokens).map(({ first, last }) => ({ start: map.toByte(tokens.start[first] as number), end: map.toByte(tokens.end[last - 1] as number) }));
}

function lexicalModes(dialect: MysqlDialect, { sqlMode }: MysqlOptions): { readonly first: LexicalMode; readonly others: readonly LexicalMode[] } {
  const active = new Set((sqlMode ?? []).map((name) => name.trim().toUpperCase()));
  const ansi = active.has('ANSI_QUOTES') || active.has('ANSI') || active.has('DB2') || active.has('MAXDB') || active.has('MSSQL') || active.has('ORACLE') || active.has('POSTGRESQL');
  const first: LexicalMode = { dialect, ansiQuotes: ansi, noBackslashEscapes: active.has('NO_BACKSLASH_ESCAPES'), swallowingCharset: false };
  const quotings = [[false, false], [true, false], [false, true], [true, true]] as const;
  const others = quotings.map(([ansiQuotes, noBackslashEscapes]) => ({ ...first, ansiQuotes, noBackslashEscapes })).filter((mode) => mode.ansiQuotes !== first.ansiQuotes || mode.noBackslashEscapes !== first.noBackslashEscapes);
  return { first, others: [{ ...first, swallowingCharset: true }, ...others] };
}

/** Another mode can only matter where the text has something that it reads differently. */
function isRelevant(mode: LexicalMode, first: LexicalMode, tokens: Tokens): boolean {
  if (mode.swallowingCharset) return tokens.swallowable;
  return (mode.noBackslashEscapes !== first.noBackslashEscapes && tokens.backslashInText) || (mode.ansiQuotes !== first.ansiQuotes && tokens.backslashInDoubleQuotes);
}

/** Whether a session in another mode would execute something worse before it meets an error. */
function isWorse(verdict: ScriptVerdict, tokens: Tokens): boolean {
  const severity = statementClasses.indexOf(verdict.class);
  for (const statement of classifyTokens(tokens).statements) {
    if (statement.kind === 'unparsed') return false;
    if (statementClasses.indexOf(statement.class) > severity) return true;
  }
  return false;
}

function withClientCommand(verdict: ScriptVerdict, tokens: Tokens): ScriptVerdict {
  const start = tokens.cuts.find(({ isCommand }) => isCommand)?.start ?? 0;
  const error = { message: 'DELIMITER is a command of a client program; the server does not know it', offset: utf8Length(tokens.text.slice(0, start)) };
  return { ...verdict, class: 'unknown', error };
}

function withAmbiguity(verdict: ScriptVerdict, mode: LexicalMode): ScriptVerdict {
  const cause = mode.swallowingCharset ? 'with a client character set other than UTF-8' : `with ${[mode.ansiQuotes ? 'ANSI_QUOTES' : '', mode.noBackslashEscapes ? 'NO_BACKSLASH_ESCAPES' : ''].filter(Boolean).join(' and ')} in sql_mode`;
  const reason: Reason = { code: 'mode-dependent', message: `A session ${cause} reads other statements in this text. Write it without backslashes in strings` };
  return { ...verdict, class: 'unknown', statements: verdict.statements.map((statement) => ({ ...statement, class: 'unknown', canPreview: false, reasons: [reason, ...statement.reasons] })) };
}

function classifyTokens(tokens: Tokens): ScriptVerdict {
  const { text, failure } = tokens;
  const { dialect } = tokens.mode;
  const map = createByteMap(text);
  const script: Script = { tokens, map, context: { dialect, schema: undefined }, comment: 0, hint: 0 };
  const statements = splitStatements(tokens).map((range) => classifyRange(script, range));
  if (failure !== undefined) return withFailure(tokens, statements, map);
  // A statement with an executable comment has been found and is sent as it is; only what it does is not known.
  const unparsed = statements.find(({ kind, reasons }) => kind === 'unparsed' && !isOnlyExecutable(reasons));
  const error = unparsed === undefined ? undefined : { message: unparsed.reasons.find(({ code }) => code === 'not-understood')?.message ?? 'A statement is not understood', offset: unparsed.start };
  // An executable comment outside of every statement is executed by the server it was written for.
  const isHiding = tokens.skippedExecutables.length > 0;
  return { dialect, class: isHiding ? 'unknown' : worstClass(statements.map(({ class: kind }) => kind)), statements, ...(error === undefined ? {} : { error }) };
}

type Script = {
  readonly tokens: Tokens;
  readonly map: ByteMap;
  readonly context: ScriptContext;
  /** How many skipped comments and hints belong to statements already classified. */
  comment: number;
  hint: number;
};

function classifyRange(script: Script, range: StatementRange): ClassifiedStatement {
  const { tokens, map, context } = script;
  const draft = createDraft(tokens, range.first, range.last, context);
  const start = tokens.start[range.first] as number;
  const end = tokens.end[range.last - 1] as number;
  const bytes = map.toByte(end) - map.toByte(start);
  if (bytes > maxStatementBytes) {
    draft.kind = 'unparsed';
    raise(draft, 'unknown', { code: 'too-long', message: `The statement is longer than ${formatBytes(maxStatementBytes)}; nobody checks what it does` }, only(range.first));
  } else if (!refuseExecutableComments(script, draft, start, end)) classifyStatement(draft);
  if (!range.isComplete) notUnderstood(draft, 'A block is not closed', range.last - 1);
  noteOtherDatabase(draft);
  script.hint = classifyHints(draft, end, script.hint);
  return finish(draft, start, end, map);
}

const executableComment = 'executable-comment';

function isOnlyExecutable(reasons: readonly Reason[]): boolean {
  return reasons.some(({ code }) => code === executableComment) && !reasons.some(({ code }) => code === 'not-understood');
}

/** A comment may be code for one server and nothing for another: nobody knows which one reads it. */
function refuseExecutableComments(script: Script, draft: Draft, start: number, end: number): boolean {
  const { tokens } = draft;
  let marks = 0;
  let place = draft.first;
  for (let at = draft.first; at < draft.last; at++) {
    if (tokens.kind[at] === tokenKind.executable && marks++ === 0) place = at;
  }
  let isFound = marks > 0;
  for (; script.comment < tokens.skippedExecutables.length; script.comment++) {
    const comment = tokens.skippedExecutables[script.comment] as ExecutableComment;
    if (comment.start > end) break;
    if (comment.start > start) isFound = true;
  }
  if (isFound) raise(draft, 'unknown', { code: executableComment, message: 'Contains a comment that some servers execute and others skip, depending on their version' }, only(place));
  if (marks % 2 !== 0) notUnderstood(draft, 'A comment that some servers execute reaches over several statements', place);
  return isFound;
}

function finish(draft: Draft, start: number, end: number, map: ByteMap): ClassifiedStatement {
  const { tokens } = draft;
  const reasons = draft.reasons.map(({ code, message, first, last }): Reason => ({
    code,
    message,
    span: { start: map.toByte(tokens.start[first] as number), end: map.toByte(tokens.end[Math.max(first, Math.min(last, draft.last) - 1)] as number) },
  }));
  return {
    start: map.toByte(start),
    end: map.toByte(end),
    text: tokens.text.slice(start, end),
    kind: draft.kind,
    class: draft.class,
    tags: [...draft.tags],
    targets: draft.targets,
    reasons,
    canPreview: canPreview(draft),
    canRunInTransaction: draft.canRunInTransaction,
    implicitCommit: draft.implicitCommit,
    returnsRows: draft.returnsRows,
  };
}

/** Files, settings, locks and sequences do not come back with a rollback; rows from a file do. */
function canPreview({ canPreview: isUndone, class: kind, kind: verb, implicitCommit, reasons }: Draft): boolean {
  if (!isUndone || implicitCommit) return false;
  if (verb === 'load-data' || verb === 'load-xml') return kind !== 'unknown';
  const isSequence = verb === 'select' && reasons.some(({ code }) => code === 'changes-sequence');
  return (kind === 'read' || kind === 'write' || kind === 'destructive') && !isSequence;
}

/** The statement in which the tokenizer gave up takes the rest of the text. */
function withFailure(tokens: Tokens, statements: readonly ClassifiedStatement[], map: ByteMap): ScriptVerdict {
  const { text, failure, mode } = tokens;
  const message = failure?.message ?? '';
  const offset = map.toByte(failure?.offset ?? 0);
  const last = statements.at(-1);
  const isOpen = last !== undefined && tokens.word[tokens.count - 1] !== ';' && tokens.cuts.at(-1)?.token !== tokens.count;
  const start = isOpen ? last.start : offset;
  const broken = { ...unreadable(text.slice(map.toIndex(start)), message), start, end: map.bytes };
  return { dialect: mode.dialect, class: 'unknown', statements: [...(isOpen ? statements.slice(0, -1) : statements), broken], error: { message, offset } };
}

function unreadable(text: string, message: string): ClassifiedStatement {
  return {
    start: 0, end: utf8Length(text), text, kind: 'unparsed', class: 'unknown', tags: [], targets: [], reasons: [{ code: 'not-understood', message }],
    canPreview: false, canRunInTransaction: false, implicitCommit: false, returnsRows: false,
  };
}
