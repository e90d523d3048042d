/** Where a review stands. Pure: messages in, state out. */
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
  | 'ended';

export type ReviewState = {
  readonly phase: Phase;
  readonly model?: ReviewModel;
  /** Absent until the rows were read. */
  readonly tables?: readonly ReviewTable[];
  /** Why the last attempt to commit did not go through; the change is still open. */
  readonly refused?: string;
  readonly end?: ReviewEnd;
};

export type ReviewEvent = Exclude<ReviewToPage, { readonly type: 'rows' | 'locks' | 'undo' }> | { readonly type: 'asked-commit' } | { readonly type: 'asked-rollback' };

export const initialState: ReviewState = { phase: 'loading' };

export function nextState(state: ReviewState, event: ReviewEvent): ReviewState {
  if (event.type === 'model') return { phase: 'open', model: event.model };
  if (event.type === 'tables') return { ...state, tables: event.tables };
  if (event.type === 'end') return { ...state, phase: 'ended', end: event.end };
  // An end is final: what was on its way when it came changes nothing.
  if (state.phase === 'ended' || state.phase === 'loading') return state;
  switch (event.type) {
    case 'refused':
      return { ...state, phase: state.phase === 'rollback-sent' ? 'rollback-sent' : 'open', refused: event.message };
    case 'committing':
      return { ...state, phase: 'committing' };
    case 'asked-commit': {
      if (state.phase !== 'open') return state;
      const { refused: _, ...rest } = state;
      return { ...rest, phase: 'commit-sent' };
    }
    case 'asked-rollback':
      return canRollBack(state) ? { ...state, phase: 'rollback-sent' } : state;
  }
}

export function canRollBack(state: ReviewState): boolean {
  return state.phase === 'open' || state.phase === 'commit-sent';
}
