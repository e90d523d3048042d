/** What a reviewer signs: yes or no to one request, and what they saw when they said so. */
import type { Bytes } from './bytes.ts';
import { b64uOf, b64uText, closed, flag, name, oneOf, text, time } from './guards.ts';
import type { Guarded } from './guards.ts';
import { isMemberId } from './request.ts';
import { strictParse } from './strictJson.ts';
import type { CheckedRequest } from './verifyRequest.ts';

export const isDecisionBody = closed(
  {
    v: oneOf(1),
    /** Digest of the request. */
    request: b64uOf(32),
    decision: oneOf('approve', 'reject'),
    reviewer: isMemberId,
    team: b64uOf(32),
    time,
    expires: time,
    saw: closed({ /** `web`: outside the editor, on a page or a terminal. */ view: oneOf('vscode', 'web'), masked: flag, /** False when there was no measured effect to see. */ effect: flag }),
    comment: text(4000),
  },
  { grant: b64uText(4000), /** As in a request: what the reviewer was shown. */ log: text(2000), /** The run it is about, which was committed before; absent for what is to be run. */ afterwards: name(64) },
);
export type DecisionBody = Guarded<typeof isDecisionBody>;

/** The decision, or `undefined` when the bytes are not exactly one. */
export function parseDecision(body: Bytes): DecisionBody | undefined {
  const parsed = strictParse(body);
  return parsed !== undefined && isDecisionBody(parsed.value) ? parsed.value : undefined;
}

/** The reviewer has looked; what they decide is good for a while after that. */
const decisionLifeMs = 60 * 60 * 1000;

export type Answering = Pick<DecisionBody, 'decision' | 'reviewer' | 'comment' | 'log'> & {
  readonly view: DecisionBody['saw']['view'];
  /** The server's clock where there is one: it keeps a wrong clock of this machine from spoiling a decision, and the requester checks both ends. */
  readonly now: number;
};

/** What somebody who has seen the whole request signs. */
export function decisionOn({ request, digest }: Extract<CheckedRequest, { kind: 'genuine' }>, { decision, reviewer, comment, view, now, log }: Answering): DecisionBody {
  return {
    v: 1,
    request: digest,
    decision,
    reviewer,
    team: request.team,
    time: now,
    // Nothing runs because of what is said afterwards, so it may wait for the requester's machine.
    expires: request.afterwards === undefined ? Math.min(now + decisionLifeMs, request.expires) : request.expires,
    saw: { view, masked: request.preview.masked, effect: request.effect !== null },
    comment: comment.trim().toWellFormed(),
    ...(log === undefined ? {} : { log }),
    ...(request.afterwards === undefined ? {} : { afterwards: request.afterwards.run }),
  };
}
