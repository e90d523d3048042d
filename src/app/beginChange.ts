/** Begins a change, and asks first where it would cost the server more than the settings let pass unasked. */
import { groupDigits } from '../core/effect/describe.ts';
import type { Preview } from '../core/effect/preview.ts';
import type { Outcome } from '../core/outcome.ts';
import type { ClassifiedStatement } from '../core/sql/verdict.ts';
import type { ChangeLimits, ChangeStart, OpenChange, Session } from './ports.ts';
import type { Run } from './run.ts';

export type Begun =
  | { readonly kind: 'open'; readonly change: OpenChange }
  /** Nothing ran: a definition of a big table was tried on an empty copy of it. */
  | { readonly kind: 'tried'; readonly preview: Preview }
  | { readonly kind: 'irreversible'; readonly why: string }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

/** It was run, where it could be. */
type Ran = Exclude<Begun, { readonly kind: 'tried' }>;

export async function beginChange(run: Run, session: Session, statements: readonly ClassifiedStatement[]): Promise<Begun> {
  const limits = limitsOf(run.request);
  const begin = async (within: ChangeLimits): Promise<ChangeStart> => await session.beginChange({ statements, limits: within, signal: run.request.signal });
  const start = await begin(run.request.connection.protected ? limits : unasked(limits));
  if (start.kind !== 'costly') return resultOf(start);
  if (start.trial && !isMisled(session, statements)) return { kind: 'tried', preview: start.trial };
  const refused = await askIfWorthIt(run, start, statements[start.statement]);
  return refused ? { kind: 'ended', outcome: refused } : resultOf(await begin(unasked(limits)));
}

/** The second run of a change that was shown already. */
export async function beginAgain(run: Run, session: Session, statements: readonly ClassifiedStatement[]): Promise<Ran> {
  return resultOf(await session.beginChange({ statements, limits: unasked(limitsOf(run.request)), signal: run.request.signal }));
}

/** Texts that did something else on their table than on its copy. Nobody is shown such a copy twice. */
const misled = new WeakMap<Session, Set<string>>();

export function distrustCopy(session: Session, statements: readonly ClassifiedStatement[]): void {
  misled.set(session, (misled.get(session) ?? new Set()).add(textOf(statements)));
}

function isMisled(session: Session, statements: readonly ClassifiedStatement[]): boolean {
  return misled.get(session)?.has(textOf(statements)) ?? false;
}

function textOf(statements: readonly ClassifiedStatement[]): string {
  return statements.map(({ text }) => text).join(';');
}

function resultOf(start: ChangeStart): Ran {
  switch (start.kind) {
    case 'open':
    case 'irreversible':
      return start;
    case 'failed':
      return { kind: 'ended', outcome: start };
    case 'cancelled':
      return { kind: 'ended', outcome: { kind: 'cancelled' } };
    case 'costly':
      return { kind: 'ended', outcome: { kind: 'failed', failure: { code: 'internal', message: 'Not run: its cost was asked for again. Nothing is different.' } } };
  }
}

async function askIfWorthIt({ ports, request }: Run, { expectedRows }: Extract<ChangeStart, { kind: 'costly' }>, statement: ClassifiedStatement | undefined): Promise<Outcome | undefined> {
  const { connection, signal } = request;
  if (!statement || !ports.reviewer.worthIt) {
    const message = `Nothing was run: the server expects ${groupDigits(expectedRows)} row operations, which it has to do and undo even when they are only previewed. Narrow the statement, run it in parts, or raise “countersign.production.askAboveRows”.`;
    return { kind: 'refused', reasons: [{ code: 'too-costly', message, ...(statement ? { span: { start: statement.start, end: statement.end } } : {}) }] };
  }
  return (await ports.reviewer.worthIt({ connection, expectedRows, statement }, signal)) ? undefined : { kind: 'cancelled', sent: false };
}

/** A way back says itself which rows it leaves alone. */
function limitsOf({ limits, undoOf }: Run['request']): ChangeLimits {
  return undoOf === undefined ? limits : { ...limits, returnedRows: 1000 };
}

function unasked({ maxExpectedRows: _asked, ...limits }: ChangeLimits): ChangeLimits {
  return limits;
}
