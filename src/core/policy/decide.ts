/** Policy: from a verdict and what is in force to a decision. Pure; anything unknown is treated as the worst case. */
import type { ConnectionProfile } from '../profile/connection.ts';
import { unreachable } from '../unreachable.ts';
import type { ClassifiedStatement, ScriptVerdict } from '../sql/verdict.ts';
import type { Decision, DenyReason, Obligation } from './decision.ts';
import { asksFirst, quoteStatement as quote, reachesOutside, refuseIrreversible } from './irreversible.ts';
import { peerDemand, type PeerDemand } from './peerConfirmation.ts';
import type { EffectivePolicy } from './policy.ts';

export type DecisionInput = {
  readonly verdict: ScriptVerdict;
  readonly connection: Pick<ConnectionProfile, 'protected' | 'environment' | 'name'>;
  readonly policy: EffectivePolicy;
  /** `preview` asks for a preview even where none is demanded. */
  readonly mode: 'run' | 'preview';
};

/**
 * Decides what may happen with a text on a connection.
 *
 * Order: what cannot be understood, then what may never be sent, then reads, then writes and who may make them.
 */
export function decide(input: DecisionInput): Decision {
  const demand = peerDemand(input.verdict.statements.map((statement) => statement.class), input.connection, input.policy.confirmation);
  // What others have to confirm is shown and held like on a protected connection, wherever a rule of the team asks for it.
  return decideBy(demand.kind === 'none' ? input : { ...input, connection: { ...input.connection, protected: true } }, demand);
}

function decideBy(input: DecisionInput, demand: PeerDemand): Decision {
  const { verdict, connection } = input;
  const unreadable = refuseUnreadable(verdict);
  if (unreadable) return deny([unreadable]);
  if (connection.protected && input.policy.access === 'blocked') return deny([blocked(connection.name)]);
  if (verdict.statements.every((statement) => statement.class === 'read')) {
    return { effect: 'permit', path: 'read', statements: verdict.statements };
  }
  const refused = verdict.statements.flatMap((statement) => refuseStatement(statement, input));
  if (refused.length > 0) return deny(refused);
  return connection.protected || input.mode === 'preview' ? decideGuarded(input, demand) : decideUnprotected(verdict);
}

/** What must be met before the statements may be committed on a protected connection where nobody else is asked. */
function obligationsFor(statements: readonly ClassifiedStatement[], policy: EffectivePolicy): readonly Obligation[] {
  const consent: Obligation = { kind: 'consent' };
  return policy.typedConfirmation && statements.some(needsTypedConfirmation)
    ? [consent, { kind: 'typed-confirmation' }]
    : [consent];
}

/** Everything above an ordinary bounded write or a plain definition has to be typed out. */
function needsTypedConfirmation(statement: ClassifiedStatement): boolean {
  switch (statement.class) {
    case 'read':
    case 'session':
    case 'txn':
    case 'write':
    case 'ddl':
      return false;
    case 'admin':
    case 'privilege':
    case 'destructive':
    case 'unknown':
      return true;
    default:
      return unreachable(statement.class);
  }
}

function decideGuarded(input: DecisionInput, demand: PeerDemand): Decision {
  const { verdict, connection, policy } = input;
  if (connection.protected && policy.access === 'readOnly' && !policy.elevated) return deny([needsElevation(connection.name, verdict.statements)]);
  if (demand.kind === 'refused') return deny([demand.reason]);
  // Who has to convince somebody else types nothing on top.
  const byPeers: readonly Obligation[] | undefined = demand.kind === 'asked' ? [{ kind: 'consent' }, { kind: 'peer-confirmation', terms: demand.terms }] : undefined;
  const [first] = verdict.statements;
  if (connection.protected && first && asksFirst(first)) {
    return { effect: 'permit', path: 'consent-first', statement: first, obligations: byPeers ?? [{ kind: 'consent' }, { kind: 'typed-confirmation' }] };
  }
  return {
    effect: 'permit',
    path: 'change',
    statements: verdict.statements,
    obligations: byPeers ?? obligationsFor(verdict.statements, policy),
  };
}

function decideUnprotected(verdict: ScriptVerdict): Decision {
  const inTransaction = verdict.statements.every((statement) => statement.canPreview && statement.canRunInTransaction);
  return inTransaction
    ? { effect: 'permit', path: 'change', statements: verdict.statements, obligations: [] }
    : { effect: 'permit', path: 'direct', statements: verdict.statements };
}

function refuseUnreadable(verdict: ScriptVerdict): DenyReason | undefined {
  if (verdict.error) {
    const { message, offset } = verdict.error;
    const reason = `Nothing was sent: the text could not be understood (${message}). Correct it and run again.`;
    return offset === undefined
      ? { code: 'unparsed', message: reason }
      : { code: 'unparsed', message: reason, span: { start: offset, end: offset + 1 } };
  }
  if (verdict.statements.length === 0) {
    return { code: 'empty', message: 'There is no statement here. Put the caret into one and run again.' };
  }
  return undefined;
}

function refuseStatement(statement: ClassifiedStatement, input: DecisionInput): readonly DenyReason[] {
  const span = { start: statement.start, end: statement.end };
  if (statement.class === 'txn' || statement.tags.includes('txn_escape')) {
    return [{ code: 'transaction-control', span, message: transactionControl(statement, input.verdict.statements.length) }];
  }
  if (!input.connection.protected) return refuseUnprotectedPreview(statement, input, span);
  if ((statement.class === 'session' && !endsWithTransaction(statement)) || statement.tags.includes('guard')) {
    return [{ code: 'session-setting', span, message: `Nothing was sent: ${quote(statement)} changes the session, and ${sessionRule}` }];
  }
  if (reachesOutside(statement)) return [{ code: 'outside-database', span, message: `Nothing was sent: ${quote(statement)} ${reachesOut}` }];
  const { length } = input.verdict.statements;
  if (asksFirst(statement)) return length > 1 ? [refuseIrreversible(statement, length)] : [];
  return statement.canPreview && statement.canRunInTransaction ? [] : [{ code: 'cannot-preview', span, message: `Nothing was sent: ${quote(statement)} ${noPreview}` }];
}

function refuseUnprotectedPreview(
  statement: ClassifiedStatement,
  input: DecisionInput,
  span: { start: number; end: number },
): readonly DenyReason[] {
  const previewable = statement.canPreview && statement.canRunInTransaction;
  if (input.mode === 'run' || previewable) return [];
  return [{ code: 'cannot-preview', span, message: `Nothing was sent: ${quote(statement)} cannot run inside a transaction, so it has no preview. Run it directly if that is what you want.` }];
}

/** When constraints are checked is part of one change, and of nothing after it: before its effect is shown all of them are. */
function endsWithTransaction({ kind }: ClassifiedStatement): boolean {
  return kind === 'set-constraints';
}

const sessionRule =
  'a protected connection keeps one known state so that what was checked is what runs. Put lasting settings on the database role.';
const noPreview =
  'can do more than can be known beforehand, and the server may make it final by itself. It is not run on a protected connection; run the statements inside it one by one.';
const reachesOut =
  'reads or writes files, or starts programs, where neither a look nor a rollback reaches. It is not run on a protected connection; use the tools of the server for it.';

function transactionControl(statement: ClassifiedStatement, count: number): string {
  const rest = count > 1 ? ' None of the statements in this text ran.' : '';
  return `Nothing was sent: ${quote(statement)} would end or change the transaction that protects the data.${rest} Countersign begins, commits and rolls back by itself: remove it and run again.`;
}

function blocked(name: string): DenyReason {
  return { code: 'blocked', message: `Nothing was sent: access to ${name} is blocked by your settings or the team file.` };
}

function needsElevation(name: string, statements: readonly ClassifiedStatement[]): DenyReason {
  // Somebody who only wants to look needs to know what is in the way.
  const doubt = statements.find((statement) => statement.class === 'unknown' && statement.returnsRows)?.reasons[0]?.message;
  const why = doubt === undefined ? '' : `, and this may be more than a read. ${doubt}`;
  return {
    code: 'needs-elevation',
    message: `Nothing was sent: ${name} is read-only${why}. Use “Allow Writes for a While…” first; you will still see every change before it is final.`,
  };
}

function deny(reasons: readonly DenyReason[]): Decision {
  return { effect: 'deny', reasons };
}
