/** What is wrong with how something came to be committed, or worth knowing. */
import type { AskedProblem } from './asAsked.ts';
import type { Commit } from './commits.ts';

export type ApprovalFinding = {
  readonly stream: string;
  /** Of the record of how it ended. */
  readonly seq: number;
  readonly problem: 'unconfirmed' | 'not-enough' | 'rejected' | 'unknown-team' | 'older-team' | 'repeated' | 'broke-glass' | 'unreviewed' | 'unproven' | 'claim' | AskedProblem;
  readonly message: string;
  readonly suspicious: boolean;
};

/** With the run it is about. */
export function at({ event, body }: Pick<Commit, 'event' | 'body'>, problem: ApprovalFinding['problem'], what: string, suspicious = true): ApprovalFinding {
  return { stream: event.stream, seq: event.seq, problem, suspicious, message: `event ${String(event.seq)}: run ${body.run ?? ''} ${what}` };
}
