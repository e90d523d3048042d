/** SET in all its forms. Every assignment counts, and the scope of each. */

import { lowerAscii, upperAscii } from './asciiCase.ts';
import { classifySetPassword, classifySetRole } from './accounts.ts';
import { findClause, findWord } from './clauses.ts';
import { disguise, isDisguised } from './disguise.ts';
import { notUnderstood, only, raise } from './draft.ts';
import type { Draft, Place } from './draft.ts';
import { canBeName } from './reserved.ts';
import { scanTokens } from './scan.ts';
import { readsTables } from './targets.ts';
import { nameText, tokenKind } from './tokens.ts';
import { safeCharacterSets, variableEffects, variableFamilies } from './variables.ts';
import type { VariableEffect } from './variables.ts';

type Scope = 'session' | 'global' | 'persist';

const equalSigns = new Set(['=', ':=']);

const scopes: ReadonlyMap<string, Scope> = new Map([
  ['GLOBAL', 'global'], ['SESSION', 'session'], ['LOCAL', 'session'], ['PERSIST', 'persist'], ['PERSIST_ONLY', 'persist'],
]);

/** SET at the beginning of the draft. */
export function classifySet(draft: Draft): void {
  const { tokens, first, last } = draft;
  draft.kind = 'set';
  if (first + 1 >= last) return notUnderstood(draft, 'SET has nothing to set', first);
  const second = tokens.word[first + 1] as string;
  const isAssignment = tokens.word[first + 2] === '=' || tokens.word[first + 2] === ':=';
  // MariaDB lets further assignments follow.
  const isAlone = findWord(tokens, first, last, ',') === last;
  if (second === 'PASSWORD' && isAlone) return classifySetPassword(draft);
  if (isAlone && !isAssignment && (second === 'ROLE' || second === 'DEFAULT')) return classifySetRole(draft);
  if (second === 'SESSION' && tokens.word[first + 2] === 'AUTHORIZATION') return classifySetRole(draft);
  if (second === 'RESOURCE' && tokens.word[first + 2] === 'GROUP') return setResourceGroup(draft);
  const isScoped = scopes.has(second);
  if (tokens.word[first + (isScoped ? 2 : 1)] === 'TRANSACTION' && tokens.word[first + (isScoped ? 3 : 2)] !== '=') return setTransaction(draft, isScoped ? scopes.get(second) : undefined);
  raise(draft, 'session', { code: 'session-variable', message: 'Changes settings of this session' }, only(first));
  judgeAssignments(draft, first + 1, last);
}

/** Judges `a = 1, GLOBAL b = 2, @c = 3`. A scope word also holds for the assignments behind it. */
export function judgeAssignments(draft: Draft, from: number, to: number): void {
  const { tokens } = draft;
  let scope: Scope = 'session';
  for (let at = from; at <= to; at++) {
    if (at >= to) return notUnderstood(draft, 'SET needs another assignment behind the comma', to - 1);
    const end = findWord(tokens, at, to, ',');
    const written = scopes.get(tokens.word[at] as string);
    if (written !== undefined && tokens.word[at + 1] !== '=' && tokens.word[at + 1] !== ':=') {
      scope = written;
      at++;
    }
    judgeAssignment(draft, at, end, scope);
    at = end;
    if (at === to) return;
  }
}

function judgeAssignment(draft: Draft, at: number, end: number, scope: Scope): void {
  const { tokens } = draft;
  const word = tokens.word[at];
  if (word === 'NAMES') return judgeCharacterSet(draft, at + 1, end);
  if ((word === 'CHARACTER' || word === 'CHAR') && tokens.word[at + 1] === 'SET') return judgeCharacterSet(draft, at + 2, end);
  if (word === 'CHARSET' && tokens.word[at + 1] !== '=') return judgeCharacterSet(draft, at + 1, end);
  if (word === 'PASSWORD') return classifySetPassword(draft);
  if ((word === 'ROLE' || word === 'DEFAULT') && tokens.word[at + 1] !== '=' && tokens.word[at + 1] !== '.' && tokens.word[at + 1] !== ':=') return classifySetRole(draft);
  if (word === 'TRANSACTION' && tokens.word[at + 1] !== '=') return raise(draft, 'txn', transactionFinding, { first: at, last: end });
  if (tokens.kind[at] === tokenKind.userVariable) return judgeValue(draft, at + 1, end);
  if (word === '@@') return judgeSystemVariable(draft, at + 1, end, scopes.get(tokens.word[at + 1] === '' ? upperAscii(nameText(tokens, at + 1)) : (tokens.word[at + 1] as string)) ?? 'session');
  return judgeSystemVariable(draft, at, end, scope);
}

const transactionFinding = { code: 'transaction-control', message: 'Changes how transactions begin, end or what they may do', tags: ['txn_escape'] } as const;

function judgeSystemVariable(draft: Draft, at: number, end: number, scope: Scope): void {
  const { tokens } = draft;
  const equals = findClause(tokens, at, end, equalSigns);
  if (equals === end || equals === at) return notUnderstood(draft, 'SET needs assignments of the form variable = value', at);
  const parts: string[] = [];
  for (let part = at; part < equals; part += 2) {
    if (tokens.kind[part] !== tokenKind.word && !canBeName(tokens, part)) return notUnderstood(draft, 'SET needs the name of a variable', part);
    if (part + 1 < equals && tokens.word[part + 1] !== '.') return notUnderstood(draft, 'SET needs assignments of the form variable = value', part);
    parts.push(lowerAscii(nameText(tokens, part)));
  }
  const leading = scopes.get(upperAscii(parts[0] as string));
  const name = parts.length > 1 && leading !== undefined ? parts.slice(1).join('.') : parts.join('.');
  raiseForVariable(draft, name, parts.length > 1 && leading !== undefined ? leading : scope, { first: at, last: equals });
  judgeCharacterVariable(draft, name, equals + 1, end);
  judgeValue(draft, equals, end);
}

function raiseForVariable(draft: Draft, name: string, scope: Scope, place: Place): void {
  if (isDisguised(name)) return raise(draft, 'unknown', disguise(name), place);
  const effect = effectOf(name);
  if (scope !== 'session') {
    const message = scope === 'global' ? `Changes ${name} for the whole server` : `Changes ${name} for the whole server and for every restart`;
    raise(draft, 'admin', { code: 'server-setting', message, tags: ['ro_slip', ...(effect?.tags ?? [])] }, place);
  }
  if (effect !== undefined && !isCharacterVariable(name)) raise(draft, effect.class, { code: effect.code, message: `${name}: ${effect.message}`, tags: effect.tags }, place);
}

/** What setting a variable does; undefined for one that only tunes. */
export function effectOf(name: string): VariableEffect | undefined {
  const bare = name.includes('.') ? (name.split('.').at(-1) as string) : name;
  return variableEffects.get(bare) ?? variableFamilies.find(({ prefix }) => name.startsWith(prefix) || bare.startsWith(prefix))?.effect;
}

function isCharacterVariable(name: string): boolean {
  return name === 'character_set_client' || name === 'character_set_connection' || name === 'collation_connection' || name === 'character_set_results';
}

function judgeCharacterVariable(draft: Draft, name: string, at: number, end: number): void {
  if (isCharacterVariable(name)) judgeCharacterSet(draft, at, end, name);
}

/** Only the UTF-8 family is sure to be read by the server the way it is read here. */
function judgeCharacterSet(draft: Draft, at: number, end: number, variable = 'character_set_client'): void {
  const { tokens } = draft;
  if (at >= end) return notUnderstood(draft, 'The name of a character set is missing', at - 1);
  const name = (tokens.kind[at] === tokenKind.text ? tokens.text.slice((tokens.start[at] as number) + 1, (tokens.end[at] as number) - 1) : nameText(tokens, at)).toLowerCase();
  const family = variable === 'collation_connection' ? (name.split('_')[0] as string) : name;
  const isSafe = safeCharacterSets.has(family) || (variable === 'character_set_results' && name === 'null');
  if (!isSafe || at + 1 < end && tokens.word[at + 1] !== 'COLLATE') {
    const message = `${variable}: ${variableEffects.get('character_set_client')?.message ?? ''}`;
    raise(draft, 'admin', { code: 'guard-variable', message, tags: ['guard'] }, { first: at, last: end });
  }
}

function judgeValue(draft: Draft, equals: number, end: number): void {
  const { word } = draft.tokens;
  if (equals >= end || equals + 1 >= end || (word[equals] !== '=' && word[equals] !== ':=')) return notUnderstood(draft, 'SET needs assignments of the form variable = value', Math.min(equals, end - 1));
  // ON, DEFAULT, BINARY and ALL are values here.
  if (equals + 2 === end && word[equals + 1] !== '') return;
  readsTables(draft, scanTokens(draft, equals + 1, end, 'expressions').tables);
}

function setResourceGroup(draft: Draft): void {
  const { first, last, context } = draft;
  draft.kind = 'set-resource-group';
  if (context.dialect === 'mariadb' || first + 3 >= last) return notUnderstood(draft, 'SET RESOURCE GROUP needs the name of a group, and a MySQL server', first);
  raise(draft, 'admin', { code: 'server-administration', message: 'Moves threads to another resource group' }, only(first));
}

function setTransaction(draft: Draft, scope: Scope | undefined): void {
  draft.kind = 'set-transaction';
  // Without a scope it means the next transaction and is refused inside of one.
  draft.canRunInTransaction = scope !== undefined;
  const { tokens, first, last } = draft;
  const start = first + (scope === undefined ? 2 : 3);
  const known = new Set(['ISOLATION', 'LEVEL', 'READ', 'WRITE', 'ONLY', 'REPEATABLE', 'COMMITTED', 'UNCOMMITTED', 'SERIALIZABLE', ',']);
  for (let at = start; at < last; at++) if (!known.has(tokens.word[at] as string)) return notUnderstood(draft, 'SET TRANSACTION does not know this', at);
  if (start >= last) return notUnderstood(draft, 'SET TRANSACTION has nothing to set', first);
  raise(draft, 'txn', transactionFinding, { first, last });
  if (scope === 'global') raise(draft, 'admin', { code: 'server-setting', message: 'Changes transactions for the whole server', tags: ['guard'] }, { first, last });
}
