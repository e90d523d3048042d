/** The parts of the review panel about other people: who has to confirm, what became of asking them. */

/** Somebody who may approve. */
export type PeerMember = { readonly id: string; readonly name: string; /** What else is known, in words; may be empty. */ readonly note: string };

/** Who else has to confirm, and who can be asked. */
export type PeerModel = {
  /** One sentence: `One other member must confirm, with a passkey or a security key.` */
  readonly terms: string;
  /** What an approval is for and how it travels, one sentence each. */
  readonly notes: readonly string[];
  readonly members: readonly PeerMember[];
  /** Nobody can be asked, why, and what to do. */
  readonly problem?: string;
  /** The signed rules let the person go on without others. Absent: they do not, and nothing says that it could be. */
  readonly emergency?: EmergencyModel;
};

export type EmergencyModel = {
  /** What has to be typed: the name of the connection. */
  readonly phrase: string;
  readonly shortestReason: number;
  /** What will happen, one sentence each. */
  readonly notes: readonly string[];
  /** Why this person cannot, and what would help. */
  readonly problem?: string;
};

/** Nobody has to confirm because nobody set up a team: said once, with the way to change it. */
export type AloneModel = { readonly text: string };

/** One thing that happened to a request. */
export type AwaitingLine = { readonly tone: 'ok' | 'high' | 'calm'; readonly text: string };

/** A request that was asked and is not over. Nothing is open on the database meanwhile. */
export type AwaitingModel = {
  readonly request: string;
  /** `emergency`: only the person's own signature is waited for. `afterwards`: it is final, and others look at it. Absent: others confirm it. */
  readonly purpose?: 'emergency' | 'afterwards';
  /** `running`: approved, and being run again. `ready`: approved, and waits for the person to run it. */
  readonly stage: 'waiting' | 'ready' | 'running';
  readonly title: string;
  readonly text: string;
  readonly lines: readonly AwaitingLine[];
  /** Six words of the request, to compare by voice. */
  readonly words: string;
  /** There is a link to copy; else it travels as text only. */
  readonly hasLink: boolean;
  /** Epoch ms, both by the clock of the host. */
  readonly expires: number;
  readonly now: number;
};

/** What was approved and what would happen now, of one table; `null` where it was not touched. */
export type DriftRow = { readonly table: string; readonly approved: DriftCounts | null; readonly now: DriftCounts | null };
export type DriftCounts = { readonly inserted: number; readonly updated: number; readonly deleted: number };

export const requestActions = ['copy-link', 'copy-text', 'enter-answer', 'cancel-request', 'run-now', 'ask-again', 'sign-emergency'] as const;
export type RequestAction = (typeof requestActions)[number];

export type PeerToHost =
  /** `review`: what was on screen. `whom`: ids of members. */
  | { readonly type: 'ask-peer'; readonly review: number; readonly reason: string; readonly ticket?: string; readonly whom: readonly string[] }
  /** Commit it without them. `typed`: as it was typed; `withoutUndo`: it was said that there is no way back. */
  | { readonly type: 'break-glass'; readonly review: number; readonly reason: string; readonly typed: string; readonly withoutUndo: boolean }
  | { readonly type: 'set-up-team' }
  | { readonly type: 'request-action'; readonly request: string; readonly action: RequestAction };

/** Longest texts the form takes; those of the request itself. */
export const longestReason = 4000;
export const longestTicket = 200;
const mostMembers = 500;

export function parsePeerToHost(value: Record<string, unknown>): PeerToHost | undefined {
  switch (value['type']) {
    case 'set-up-team':
      return { type: 'set-up-team' };
    case 'ask-peer':
      return parseAsk(value);
    case 'break-glass':
      return parseBreakGlass(value);
    case 'request-action':
      return parseAction(value);
    default:
      return undefined;
  }
}

function parseAsk({ review, reason, ticket, whom }: Record<string, unknown>): PeerToHost | undefined {
  const isList = Array.isArray(whom) && whom.length <= mostMembers && whom.every((id): id is string => typeof id === 'string' && id.length <= 100);
  if (typeof review !== 'number' || !Number.isSafeInteger(review) || typeof reason !== 'string' || reason.length > longestReason || !isList) return undefined;
  if (ticket !== undefined && (typeof ticket !== 'string' || ticket.length > longestTicket)) return undefined;
  return { type: 'ask-peer', review, reason, whom, ...(ticket === undefined ? {} : { ticket }) };
}

function parseBreakGlass({ review, reason, typed, withoutUndo }: Record<string, unknown>): PeerToHost | undefined {
  if (typeof review !== 'number' || !Number.isSafeInteger(review) || typeof reason !== 'string' || reason.length > longestReason) return undefined;
  if (typeof typed !== 'string' || typed.length > longestTicket || typeof withoutUndo !== 'boolean') return undefined;
  return { type: 'break-glass', review, reason, typed, withoutUndo };
}

function parseAction({ request, action }: Record<string, unknown>): PeerToHost | undefined {
  const known = requestActions.find((each) => each === action);
  return typeof request === 'string' && known !== undefined ? { type: 'request-action', request, action: known } : undefined;
}
