/**
 * Settles what only the server's catalogue can tell: whether names of a statement lead to code of users. Never makes a
 * statement better than its `settledClass`; without an answer it is `unknown`.
 */
import { worstClass, type Calls, type ClassifiedStatement, type Reason, type ScriptVerdict } from './verdict.ts';

/** A name that leads, or may lead, to code of users. */
export type SuspectName = {
  readonly kind: 'function' | 'field' | 'operator' | 'type';
  /** As the statement writes it. */
  readonly name: string;
  /** What it leads to, e.g. `public.lower(character varying)`. */
  readonly what: string;
};

export type NameAnswer = { readonly kind: 'answered'; readonly suspects: readonly SuspectName[] } | { readonly kind: 'unanswered'; readonly message: string };

/** The verdict if no name led to code of users. */
export function atBest(verdict: ScriptVerdict): ScriptVerdict {
  return withStatements(verdict, (statement) => cleared(statement));
}

/**
 * The verdict once the catalogue has answered.
 *
 * @param which `open`: only statements whose class waits for the answer; the others stay what they are
 */
export function settleNames(verdict: ScriptVerdict, answer: NameAnswer, which: 'all' | 'open'): ScriptVerdict {
  return withStatements(verdict, (statement) => {
    if (!statement.calls || (which === 'open' && statement.calls.settledClass === undefined)) return statement;
    if (answer.kind === 'unanswered') return doubted(statement, [{ code: 'names-unanswered', message: `What its names lead to could not be looked up (${answer.message})` }]);
    const reasons = answer.suspects.filter(({ kind, name }) => namesOf(statement.calls, kind).includes(name)).map(reasonFor);
    return reasons.length === 0 ? cleared(statement) : doubted(statement, reasons);
  });
}

function namesOf(calls: Calls | undefined, kind: SuspectName['kind']): readonly string[] {
  return calls?.[`${kind}s`] ?? [];
}

function doubted(statement: ClassifiedStatement, reasons: readonly Reason[]): ClassifiedStatement {
  return { ...statement, class: 'unknown', reasons: [...reasons, ...statement.reasons] };
}

/** Reasons that say no more than “not known yet”. */
const open = new Set(['unlisted-type', 'unlisted-operator', 'unlisted-field']);

function cleared(statement: ClassifiedStatement): ClassifiedStatement {
  const settledClass = statement.calls?.settledClass;
  if (settledClass === undefined) return statement;
  return { ...statement, class: settledClass, tags: statement.tags.filter((tag) => tag !== 'needs_server'), reasons: statement.reasons.filter(({ code }) => !open.has(code)) };
}

function reasonFor({ kind, name, what }: SuspectName): Reason {
  switch (kind) {
    case 'function':
      return { code: 'user-function', message: `${name} may run ${what}, a function made by a user` };
    case 'field':
      return { code: 'user-function', message: `${name} is a function when there is no such column: ${what}` };
    case 'operator':
      return { code: 'user-operator', message: `The operator ${name} may run a function made by a user: ${what}` };
    case 'type':
      return { code: 'user-type', message: `Converting to ${name} ${what}` };
  }
}

function withStatements(verdict: ScriptVerdict, change: (statement: ClassifiedStatement) => ClassifiedStatement): ScriptVerdict {
  const statements = verdict.statements.map(change);
  if (verdict.error || statements.every((statement, index) => statement === verdict.statements[index])) return verdict;
  return { ...verdict, class: worstClass(statements.map((statement) => statement.class)), statements };
}
