/** Where a review stands. Pure: messages in, state out. */
import type { AloneModel, AwaitingModel, PeerModel } from '../../src/protocol/peerReview.ts';
import type { ReviewEnd, ReviewModel, ReviewTable, ReviewToPage } from '../../src/protocol/review.ts';

export type Phase =
  /** Nothing to show yet. */
  | 'loading'
  /** The change is open and waits for a decision. */
  | 'open'
  /** The person pressed Commit; the host checks. */
  | 'commit-sent'
  /** COMMIT is on its way to the server: no way back from here. */
  | 'committing'
  | 'rollback-sent'
  /** The person asked a peer; the host signs and files the request. */
  | 'ask-sent'
  /** Others decide now. Nothing is open on the database. */
  | 'awaiting'
  | 'ended';

export type ReviewState = {
  readonly phase: Phase;
  readonly model?: ReviewModel;
  /** Absent until the rows were read. */
  readonly tables?: readonly ReviewTable[];
  /** Why the last attempt to commit did not go through; the change is still open. */
  readonly refused?: string;
  /** Who else has to confirm, and can be asked. */
  readonly peer?: PeerModel;
  readonly alone?: AloneModel;
  readonly awaiting?: AwaitingModel;
  readonly end?: ReviewEnd;
};

export type ReviewEvent = Exclude<ReviewToPage, { readonly type: 'rows' | 'locks' | 'undo' }> | { readonly type: 'asked-commit' | 'asked-rollback' | 'asked-peer' };

export const initialState: ReviewState = { phase: 'loading' };

export function nextState(state: ReviewState, event: ReviewEvent): ReviewState {
  if (event.type === 'model') return { phase: 'open', model: event.model };
  if (event.type === 'tables') return { ...state, tables: event.tables };
  if (event.type === 'peer') return { ...state, peer: event.peer };
  if (event.type === 'alone') return { ...state, alone: event.alone };
  if (event.type === 'end') return { ...state, phase: 'ended', end: event.end };
  // An end is final: what was on its way when it came changes nothing.
  if (state.phase === 'ended' || state.phase === 'loading') return state;
  switch (event.type) {
    case 'awaiting':
      return { ...state, phase: 'awaiting', awaiting: event.awaiting };
    case 'refused':
      return { ...state, phase: state.phase === 'rollback-sent' ? 'rollback-sent' : 'open', refused: event.message };
    case 'committing':
      return { ...state, phase: 'committing' };
    case 'asked-commit':
      return ask(state, 'commit-sent');
    case 'asked-peer':
      return ask(state, 'ask-sent');
    case 'asked-rollback':
      return canRollBack(state) ? { ...state, phase: 'rollback-sent' } : state;
  }
}

function ask(state: ReviewState, phase: Phase): ReviewState {
  if (state.phase !== 'open') return state;
  const { refused: _, ...rest } = state;
  return { ...rest, phase };
}

export function canRollBack(state: ReviewState): boolean {
  return state.phase === 'open' || state.phase === 'commit-sent';
}
