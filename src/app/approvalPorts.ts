/** What asking another person, and running what they confirmed, need from the outside. Adapters and the editor implement these. */
import type { Bytes } from '../core/approval/bytes.ts';
import type { Crypto, PrivateKey } from '../core/approval/crypto.ts';
import type { Envelope, Signer } from '../core/approval/envelope.ts';
import type { Member } from '../core/approval/team.ts';
import type { TeamState } from '../core/approval/teamChain.ts';
import type { EpochMs } from '../core/brand.ts';
import type { Fingerprint } from '../core/effect/fingerprint.ts';
import type { TableImages } from '../core/effect/preview.ts';
import type { ConnectionId } from '../core/profile/connection.ts';
import type { UndoSteps } from '../core/undo/undo.ts';

/** Who works here, as the team knows them. */
export type Self = {
  readonly member: Member;
  /** The editor's own key of this member. */
  readonly signer: Signer;
  /** Opens what others seal to this member; absent where this machine has no such key. */
  readonly enc?: PrivateKey;
};

/** The team in force, and this person in it. */
export interface TeamInForce {
  /** Asked anew each time: the file may have changed. `undefined`: there is no team here and none was pinned. Never rejects. */
  state(): Promise<TeamState | undefined>;
  /** `undefined`: no key on this machine belongs to a member of the team in force. Never rejects. */
  self(): Promise<Self | undefined>;
}

export type Answered<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  /** The server said no. `code` is for programs. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** It is not known whether the call arrived. */
  | { readonly kind: 'unreachable'; readonly message: string };

/** A request that was asked here, from asking to its end: kept sealed on disk, so that waiting survives a restart. */
export type PendingRequest = {
  readonly id: string;
  /** The run that asked; joins its records with those of the execution. */
  readonly run: string;
  /** Name of the team that was asked: a window with another one can say nothing about it. */
  readonly team: string;
  /** The exact signed bytes; what is verified is this, never what a server says it was (V1). */
  readonly body: Bytes;
  readonly envelope: Envelope;
  /** Of the link. */
  readonly secret: Bytes;
  /** The server that has it, without a slash at the end. Absent: it travels as text. */
  readonly server?: string;
  readonly connection: ConnectionId;
  /** Identity of the document that asked: owns the session. */
  readonly document: string;
  /** The frozen text. */
  readonly text: string;
  /** What the request's effect was made of, with the rows, to explain drift. `null` where nothing was measured. */
  readonly fingerprint: Fingerprint | null;
  readonly images: readonly TableImages[];
  readonly undoOf?: string;
  readonly wayBack?: UndoSteps;
  /** As they came, from anywhere; they count when they verify. */
  readonly decisions: readonly unknown[];
  /** News, no proof: who looked. */
  readonly seen: readonly { readonly reviewer: string | null; readonly time: number }[];
  /** Events of the server up to this one are known. */
  readonly seq: number;
  /** Kept before it is sent, so that a lost answer can be asked for again. */
  readonly claim?: Envelope;
  readonly state: PendingState;
  /** How it ended, in words. */
  readonly note?: string;
  readonly created: EpochMs;
  readonly expires: EpochMs;
};

export type PendingState =
  | 'waiting'
  /** Taken for execution: from here on nobody runs it a second time. */
  | 'taken'
  | 'committed'
  /** Others found it right, after it was committed in an emergency. */
  | 'reviewed'
  | 'rejected'
  | 'expired'
  | 'cancelled'
  | 'drifted'
  /** Rolled back or never sent; nothing changed. */
  | 'failed'
  | 'in-doubt';

/** Durable when a method resolves; `keep` and `change` reject when it cannot be. */
export interface PendingRequests {
  keep(entry: PendingRequest): Promise<void>;
  change(id: string, facts: Partial<PendingRequest>): Promise<PendingRequest>;
  get(id: string): Promise<PendingRequest | undefined>;
  /** Latest first. */
  list(): Promise<readonly PendingRequest[]>;
  /**
   * Which claim is sent for a request: the first one kept, of all windows, so that they all ask for the same. Takes the place of
   * `refused`, which the server did not take.
   */
  keepClaim(id: string, claim: Envelope, refused?: Envelope): Promise<Envelope>;
  /** `waiting` becomes `taken`: true for one caller only, of all windows on this machine, for ever. */
  take(id: string): Promise<boolean>;
  remove(id: string): Promise<void>;
}

/** The parts of a confirmation server that execution needs. */
export interface ClaimDesk {
  /** Takes the request, once. The same envelope, sent again, gets the same receipt. */
  claim(id: string, act: Envelope): Promise<Answered<Envelope>>;
  close(id: string, act: Envelope): Promise<Answered<object>>;
}

/** Puts a request where its reviewers find it. */
export interface Filing {
  /** `server`: where it is now; `undefined`: no server took it, and it travels as text. Never rejects. */
  file(request: { readonly id: string; readonly envelope: Envelope; readonly secret: Bytes; readonly expires: number; /** Members to put it in the inbox of. */ readonly whom: readonly string[] }): Promise<{ readonly server?: string; readonly problem?: string }>;
  desk(server: string): ClaimDesk;
}

/** What the team's log signed, carried along with what people sign: a log that shows different people different events is found out. */
export interface LogWord {
  /** The newest checkpoint that is kept here, as the log signed it; `undefined`: none. Never rejects. */
  seen(): Promise<string | undefined>;
  /** What another member was shown. Compared with the next delivery. Never rejects. */
  heard(note: string): Promise<void>;
}

export type Approvals = {
  readonly crypto: Crypto;
  readonly team: TeamInForce;
  readonly pending: PendingRequests;
  readonly filing: Filing;
  /** Absent: there is no log. */
  readonly log?: LogWord;
};
