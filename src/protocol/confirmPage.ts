/** Messages between the extension host and the reviewer's page when it is shown inside the editor. The host has the keys and the line to the server. */
import type { RequestBody } from '../core/approval/request.ts';
import { isRecord } from './parse.ts';

/** A request that the host has opened and checked, with what the page says about who asks and which team this is. */
export type ShownRequest = {
  readonly request: RequestBody;
  readonly requester: { readonly id: string; readonly name: string };
  /** Six words of the request. */
  readonly words: readonly string[];
  readonly team: { readonly name: string; readonly version: number; readonly words: readonly string[] };
};

/** Who answers here. `refused`: why a signature of this editor would not count; the other ways may. */
export type EditorReviewer = { readonly name: string; readonly refused?: string };

export type ConfirmToPage =
  | {
      readonly type: 'show';
      readonly shown: ShownRequest;
      /** Absent: nobody of the team works in this editor. */
      readonly reviewer?: EditorReviewer;
      /** A passkey can sign it in the browser. */
      readonly browser: boolean;
      /** By the server's clock, epoch ms. */
      readonly now: number;
    }
  /** Nothing to decide: a code of the page's messages. */
  | { readonly type: 'say'; readonly code: string; readonly detail: string }
  | { readonly type: 'over'; readonly kind: 'claimed' | 'closed' | 'expired' }
  /** `text`: to be carried back by hand. */
  | { readonly type: 'sent'; readonly decision: 'approve' | 'reject'; readonly text?: string }
  | { readonly type: 'not-sent'; readonly message: string };

export type ConfirmToHost =
  | { readonly type: 'ready' }
  /** A press on a button; the host asks once more, outside of the page, before it signs. */
  | { readonly type: 'decide'; readonly decision: 'approve' | 'reject'; readonly comment: string }
  | { readonly type: 'open-browser' }
  /** A person is there. */
  | { readonly type: 'seen' }
  | { readonly type: 'copy'; readonly text: string };

const longestComment = 2000;

/** A message of the page, or `undefined` when it is none. */
export function parseConfirmToHost(value: unknown): ConfirmToHost | undefined {
  if (!isRecord(value)) return undefined;
  const { type, decision, comment, text } = value;
  switch (type) {
    case 'ready':
    case 'open-browser':
    case 'seen':
      return { type };
    case 'decide':
      if ((decision !== 'approve' && decision !== 'reject') || typeof comment !== 'string' || comment.length > longestComment) return undefined;
      return { type, decision, comment };
    case 'copy':
      return typeof text === 'string' ? { type, text } : undefined;
    default:
      return undefined;
  }
}
