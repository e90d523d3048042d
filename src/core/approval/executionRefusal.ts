/** Why a request is not run, or not committed: one code for each step that can say no. Closed. */
import type { RequestRefusal, TeamRefusal } from './refusal.ts';
import { describeTeamRefusal } from './refusalText.ts';

export type ExecutionRefusal =
  /** V1 to V3. */
  | RequestRefusal
  /** Nothing is kept here under that id. */
  | 'request-unknown'
  /** It was run before, or has ended. */
  | 'request-over'
  /** What is kept of it says that it waits, and the records say that it was run. */
  | 'ran-before'
  /** What would be sent is not what was signed, or means something else by now. */
  | 'statement-differs'
  /** The key that asked cannot be read on this machine. */
  | 'key-missing'
  | 'access-blocked'
  | 'not-permitted'
  /** There is no session to run it in, or that session is busy. */
  | 'no-session'
  | 'session-busy'
  /** The server does not say which one it is. */
  | 'target-unknown'
  | 'target-differs'
  /** V16 */
  | 'claim-unreachable'
  | 'claim-refused'
  | 'claim-clock'
  | 'claimed-before'
  | 'taken-elsewhere'
  /** V17 */
  | 'not-recorded'
  /** V18 */
  | 'effect-changed'
  | 'undo-differs'
  /** While it ran, an approval stopped counting, somebody rejected it, or its time was over. */
  | 'approval-withdrawn'
  /** Could not be written or read on this machine. */
  | 'not-kept';

type Sentence = { /** What happened and what to do. */ readonly text: string; /** The request cannot be run any more. Absent: it can be tried again. */ readonly isFinal?: true };

const askAgain = 'Ask again.';

const sentences: Readonly<Record<Exclude<ExecutionRefusal, TeamRefusal>, Sentence>> = {
  'request-malformed': { text: `What is kept here is not a request this version understands. ${askAgain}`, isFinal: true },
  'request-unsigned': { text: `What is kept here is not signed by who asked. ${askAgain}`, isFinal: true },
  'request-expired': { text: `The time to confirm it is over. ${askAgain}`, isFinal: true },
  'request-ahead': { text: `It was made at a time that is yet to come: the clock of this machine was changed. ${askAgain}`, isFinal: true },
  'team-changed': { text: `The team has changed since it was asked, and approvals are bound to the team as it was. ${askAgain}`, isFinal: true },
  'requester-unknown': { text: 'Whoever asked is no longer in the team.', isFinal: true },
  'no-break-glass': { text: 'The rules of the team do not allow to commit this without others.', isFinal: true },
  'place-understated': { text: `It calls the place something more harmless than the team file does. ${askAgain}`, isFinal: true },
  'request-unknown': { text: `It is not kept on this machine, and only the machine that asked can run it. ${askAgain}`, isFinal: true },
  'request-over': { text: 'It has ended, or was run before. An approval is good for one run.', isFinal: true },
  'ran-before': { text: 'The records of this machine say that it was run before, and an approval is good for one run. Look at its entry in the activity, and ask again for what is still to be done.', isFinal: true },
  'statement-differs': { text: `What would be sent is not what was approved. ${askAgain}`, isFinal: true },
  'key-missing': { text: 'Your key for the team could not be read on this machine. The approval stays good until its time is over; run it again.' },
  'access-blocked': { text: 'Access to the connection is blocked by your settings or the team file.' },
  'not-permitted': { text: 'What is in force now does not permit it.' },
  'no-session': { text: 'The database could not be reached. The approval stays good until its time is over; run it again.' },
  'session-busy': { text: 'Another change of this document is open. End that one first; the approval stays good until its time is over.' },
  'target-unknown': { text: 'The server does not say which one it is, so nobody can tell whether it is the one that was approved. Run it again.' },
  'target-differs': { text: 'This is not the place that was approved:' },
  'claim-unreachable': { text: 'The confirmation server could not be reached, and it sees to it that nothing runs twice. The approval stays good until its time is over; run it again.' },
  'claim-refused': { text: 'The confirmation server did not give it out.' },
  'claim-clock': { text: 'The clocks of this machine and of the confirmation server differ too much. Set the clock and run it again.' },
  'claimed-before': { text: `The confirmation server says that it was taken before, and not by this machine. ${askAgain}`, isFinal: true },
  'taken-elsewhere': { text: 'Another window runs it.' },
  'not-recorded': { text: 'It could not be recorded, and without a record nothing runs. Run it again.' },
  'effect-changed': { text: `It would do something else than what was approved. ${askAgain}`, isFinal: true },
  'undo-differs': { text: `It was approved with a way back, and there would be none now. ${askAgain}`, isFinal: true },
  'approval-withdrawn': { text: `While it ran the approval stopped counting. ${askAgain}`, isFinal: true },
  'not-kept': { text: 'It could not be read or written on this machine.' },
};

/** @param detail - what differs, or what somebody said; a sentence or a list */
export function describeExecutionRefusal(code: ExecutionRefusal, detail?: string): string {
  const text = isTeamRefusal(code) ? `Approvals cannot be checked, because ${describeTeamRefusal(code)}.` : sentences[code].text;
  return ['Not committed: nothing was changed.', text, ...(detail === undefined ? [] : [detail])].join(' ');
}

/** Whether the request is over with this. */
export function isFinal(code: ExecutionRefusal): boolean {
  return !isTeamRefusal(code) && sentences[code].isFinal === true;
}

function isTeamRefusal(code: ExecutionRefusal): code is TeamRefusal {
  return !Object.hasOwn(sentences, code);
}
