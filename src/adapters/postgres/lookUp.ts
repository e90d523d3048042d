/**
 * Asks the catalogue what names lead to, on the session's own line: only there the search path and the temporary objects
 * are those the statement will meet. One round trip; answers are kept for a moment, so that most reads ask nothing.
 */
import type { SuspectName, NameAnswer } from '../../core/sql/settleNames.ts';
import { utf8Length } from '../../core/sql/bytes.ts';
import type { Calls } from '../../core/sql/verdict.ts';
import type { Step } from './batch.ts';
import { rollBack, type Context } from './context.ts';
import type { BatchEnd } from './line.ts';
import { keepPathSql, lookUpSql } from './lookUpSql.ts';
import { arrayLiteral } from './quote.ts';
import { sqlFailure } from './sqlFailure.ts';

/** How long others may have changed the catalogue before it is asked again. The server refuses writes of a read in any case. */
const keptMs = 60_000;

type Kind = SuspectName['kind'];
type Question = { readonly kind: Kind; readonly name: string };
type Known = { readonly at: number; readonly suspects: readonly SuspectName[] };

export interface NameLookUp {
  /** Never rejects. */
  ask(calls: readonly Calls[], signal: AbortSignal): Promise<NameAnswer>;
  /** Something ran that may have changed what names lead to. */
  forget(): void;
}

export function createNameLookUp(context: Context): NameLookUp {
  const known = new Map<string, Known>();
  return {
    async ask(calls, signal) {
      const questions = questionsOf(calls);
      const isKnown = (question: Question) => context.clock.now() - (known.get(keyOf(question))?.at ?? -Infinity) < keptMs;
      const missing = questions.filter((question) => !isKnown(question));
      if (missing.length > 0) {
        const end = await run(context, missing, signal);
        if (end.kind !== 'complete') return { kind: 'unanswered', message: describe(end) };
        const at = context.clock.now();
        const found = parse(end.results[lookUpStep]?.rows ?? []);
        for (const question of missing) known.set(keyOf(question), { at, suspects: suspectsOf(question, found) });
      }
      return { kind: 'answered', suspects: questions.flatMap((question) => known.get(keyOf(question))?.suspects ?? []) };
    },
    forget: () => known.clear(),
  };
}

function questionsOf(calls: readonly Calls[]): readonly Question[] {
  const of = (kind: Kind, names: (each: Calls) => readonly string[]): readonly Question[] => [...new Set(calls.flatMap(names))].map((name) => ({ kind, name }));
  return [...of('function', (each) => each.functions), ...of('field', (each) => each.fields), ...of('operator', (each) => each.operators), ...of('type', (each) => each.types)];
}

function keyOf({ kind, name }: Question): string {
  return `${kind} ${name}`;
}

const lookUpStep = 4;

async function run(context: Context, questions: readonly Question[], signal: AbortSignal): Promise<BatchEnd> {
  const { line } = context;
  const steps: readonly Step[] = [
    { text: 'BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY' },
    { text: keepPathSql },
    { text: 'SET LOCAL search_path = pg_catalog, pg_temp' },
    { text: "SET LOCAL statement_timeout = '5s'" },
    { text: lookUpSql, values: valuesOf(questions) },
    { text: 'ROLLBACK' },
  ];
  const end = await line.run(steps, { signal, deadlineMs: 15_000 });
  await rollBack(line);
  return end;
}

function valuesOf(questions: readonly Question[]): readonly string[] {
  const names = (kind: Kind) => questions.filter((question) => question.kind === kind).map(({ name }) => name);
  const types = names('type');
  return [names('function'), names('field'), names('operator'), types, types.flatMap(endsOf)].map(arrayLiteral);
}

/** A name may hold dots itself. */
function endsOf(name: string): readonly string[] {
  const parts = name.split('.');
  return parts.map((_part, index) => parts.slice(index).join('.'));
}

type Found = { readonly kind: string; readonly name: string; readonly what: string };

function parse(rows: readonly (readonly (string | null)[])[]): readonly Found[] {
  return rows.map(([kind, name, what]) => ({ kind: kind ?? '', name: name ?? '', what: what ?? '' }));
}

/** A type in front of the server's own makes every name doubtful: which of them is a type is not known here. */
function suspectsOf({ kind, name }: Question, found: readonly Found[]): readonly SuspectName[] {
  return found.flatMap((each) => {
    if (each.kind === 'shadow') return [{ kind, name, what: each.what }];
    return each.kind === kind && isSame(each.name, name) ? [{ kind, name, what: each.what }] : [];
  });
}

/** The server cuts names off at 63 bytes. */
function isSame(found: string, asked: string): boolean {
  return found === asked || (asked.length > found.length && utf8Length(found) >= 60 && asked.startsWith(found));
}

function describe(end: Exclude<BatchEnd, { kind: 'complete' }>): string {
  switch (end.kind) {
    case 'error':
      return sqlFailure(end.error).message;
    case 'lost':
      return `the connection was lost: ${end.loss.message}`;
    case 'unsent':
      return 'it was stopped';
  }
}
