/** A request of one's own, as far as it is known: what was asked, who answered, how it stands. Pure. */
import type { PendingRequest } from '../../../app/approvalPorts.ts';
import { describeDecisionRefusal, describeTeamRefusal } from '../../../core/approval/refusalText.ts';
import type { RequestBody } from '../../../core/approval/request.ts';
import type { Member } from '../../../core/approval/team.ts';
import type { ApprovalVerdict } from '../../../core/approval/verifyApproval.ts';
import type { AwaitingLine, AwaitingModel } from '../../../protocol/peerReview.ts';
import type { ReviewEnd } from '../../../protocol/review.ts';
import { describeReach, type LinkReach } from './linkReach.ts';
import type { ServerLine } from './serverLine.ts';
import { describeAt } from './timeText.ts';

/** `running`: approved, and this window runs it. `ready`: approved, it could not be run by itself, and waits for the person. */
export type OwnStage = 'waiting' | 'running' | 'ready' | 'over';

export type OwnRequest = {
  readonly entry: PendingRequest;
  readonly body: RequestBody;
  readonly stage: OwnStage;
  /** Of the answers so far. */
  readonly verdict: ApprovalVerdict;
  /** Who can approve, without those who did. */
  readonly asked: readonly Member[];
  readonly nameOf: (id: string) => string;
  /** Six words. */
  readonly words: string;
  /** For whom its link opens, where it has one and the team is known. */
  readonly reach?: LinkReach;
  /** Its server cannot be heard. */
  readonly line?: ServerLine;
  /** Of a request that is ready: why it did not run by itself. */
  readonly why?: string;
  /** How the run of it ended, where this window saw it. */
  readonly end?: ReviewEnd;
};

/** @param copied - the link or the text was just put on the clipboard; @param now - epoch ms */
export function awaitingOf(own: OwnRequest, copied: 'link' | undefined, now: number): AwaitingModel {
  const { entry, body, stage, verdict, asked, nameOf, words } = own;
  const purpose = purposeOf(body);
  return {
    request: entry.id,
    stage: stage === 'over' ? 'waiting' : stage,
    ...(purpose === undefined ? {} : { purpose }),
    title: purpose === 'emergency' ? emergencyTitle(stage) : `${purpose === 'afterwards' ? 'Committed without confirmation: ' : ''}${titleOf(stage, verdict, asked, nameOf)}`,
    text: purpose === undefined ? textOf(own, copied) : purpose === 'emergency' ? emergencyText(own) : afterwardsText(own, copied),
    lines: [...impediment(verdict), ...lineLines(own, now), ...(purpose === 'emergency' ? [] : [...unseenLines(own), ...seenLines(entry, nameOf, now)]), ...answerLines(verdict, nameOf, purpose)],
    words,
    hasLink: entry.server !== undefined,
    expires: entry.expires,
    now,
  };
}

function titleOf(stage: OwnStage, verdict: ApprovalVerdict, asked: readonly Member[], nameOf: OwnRequest['nameOf']): string {
  const approved = verdict.kind === 'approved' || verdict.kind === 'waiting' ? verdict.by.map(({ reviewer }) => nameOf(reviewer)) : [];
  if (stage === 'running' || stage === 'ready') return `Approved by ${listed(approved, 'and')}`;
  const who = asked.length === 0 ? 'others' : asked.length > 4 ? `one of ${String(asked.length)} people` : listed(asked.map(({ name }) => name), 'or');
  if (verdict.kind !== 'waiting' || approved.length === 0) return `Waiting for ${who}`;
  return `${String(approved.length)} of ${String(approved.length + verdict.missing)} approved, waiting for ${who}`;
}

function textOf({ stage, entry: { server }, reach, why }: OwnRequest, copied: 'link' | undefined): string {
  if (stage === 'running') return 'It runs again now, and is committed only if it does exactly what was approved.';
  if (stage === 'ready') return readyText(why);
  const after = 'Once it is approved it runs by itself, and is committed only if it does what was shown.';
  if (server === undefined) return `No server has it: copy it as text, send it by any chat, and enter the answer that comes back. ${after}`;
  return [...(copied === 'link' ? ['The link is on the clipboard: send it to whom you want to ask.'] : []), describeReach(reach, copied === 'link' ? 'It' : 'Its link'), after].filter((text) => text !== '').join(' ');
}

function readyText(why: string | undefined): string {
  return `It did not run by itself. ${why ?? 'Run it now, or cancel it.'}`;
}

/** What is asked: to be confirmed, or else. */
export function purposeOf({ emergency, afterwards }: Pick<RequestBody, 'emergency' | 'afterwards'>): AwaitingModel['purpose'] {
  if (emergency !== undefined) return 'emergency';
  return afterwards === undefined ? undefined : 'afterwards';
}

function emergencyTitle(stage: OwnStage): string {
  return stage === 'running' || stage === 'ready' ? 'You commit it without confirmation' : 'Waiting for your own signature';
}

function emergencyText({ stage, entry: { server }, why }: OwnRequest): string {
  if (stage === 'running') return 'It is recorded, everybody is alerted, and it runs again now. It is committed only if it does exactly what was shown.';
  if (stage === 'ready') return readyText(why);
  const how = server === undefined ? 'Sign it, or, with a passkey, open it as text and enter the answer.' : 'Sign it with your passkey on the page of the confirmation server.';
  return `${how} Nothing has happened yet: with your signature everybody is alerted, it runs again, and is committed only if it does exactly what was shown.`;
}

function afterwardsText({ entry: { server }, reach }: OwnRequest, copied: 'link' | undefined): string {
  const how = server === undefined ? 'No server has it: copy it as text, send it by any chat, and enter the answer that comes back.' : copied === 'link' ? 'The link is on the clipboard: send it to whoever shall look at it.' : 'Send the link to whoever shall look at it.';
  return ['It is final, and stays red until somebody else has signed that they looked at it.', how, describeReach(reach, 'It')].filter((text) => text !== '').join(' ');
}

/** Why nobody could confirm it right now. */
function impediment(verdict: ApprovalVerdict): readonly AwaitingLine[] {
  return verdict.kind === 'refused' ? [{ tone: 'high', text: `Nobody can confirm it now. ${whyRefused(verdict)}` }] : [];
}

/** A server that was there and is silent is not taken for one that has nothing to say. */
function lineLines({ stage, entry: { server = '' }, line }: OwnRequest, now: number): readonly AwaitingLine[] {
  if (line === undefined || stage === 'running') return [];
  const next = 'cancel this request and ask again: the new one goes to the server that is there then, or as text.';
  if (line.kind === 'lost') return [{ tone: 'high', text: `${server} does not know this request any more, so its link opens nothing and it cannot be run: ${next}` }];
  return [{ tone: 'high', text: `${server} cannot be reached since ${describeAt(line.since, now).replace(/^(?:at|on) /u, '')}. What was answered there arrives when it is back, and nothing runs before. If it is gone for good, ${next}` }];
}

/** A server would have told; a text that is sent by hand tells nothing. */
function unseenLines({ entry: { seen, server }, verdict, line }: OwnRequest): readonly AwaitingLine[] {
  const isUnseen = verdict.kind === 'waiting' && server !== undefined && line === undefined && seen.length === 0 && verdict.results.length === 0;
  return isUnseen ? [{ tone: 'calm', text: 'Nobody has looked at it yet.' }] : [];
}

function seenLines({ seen }: PendingRequest, nameOf: OwnRequest['nameOf'], now: number): readonly AwaitingLine[] {
  const latest = new Map(seen.toSorted((a, b) => a.time - b.time).map(({ reviewer, time }) => [reviewer, time]));
  return [...latest].map(([reviewer, time]) => ({ tone: 'calm', text: `${reviewer === null ? 'Somebody with the link' : nameOf(reviewer)} looked at it ${describeAt(time, now)}.` }));
}

function answerLines({ results }: ApprovalVerdict, nameOf: OwnRequest['nameOf'], purpose: AwaitingModel['purpose']): readonly AwaitingLine[] {
  return results.map((result): AwaitingLine => {
    if (result.kind === 'not-counted') return { tone: 'high', text: `An answer came that does not count, because ${describeDecisionRefusal(result.code)}.` };
    const { decision, comment } = result.body;
    if (purpose === 'emergency') return { tone: 'calm', text: 'You signed it.' };
    return { tone: decision === 'approve' ? 'ok' : 'high', text: `${nameOf(result.reviewer)} ${decision === 'approve' ? 'approved' : 'rejected'}${comment === '' ? '.' : `: \u201c${comment}\u201d`}` };
  });
}

function listed(names: readonly string[], word: string): string {
  return names.length < 2 ? (names[0] ?? 'others') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1) ?? ''}`;
}

/** How a request ended that this window did not see end; what is kept of it says so. */
export function endOf(own: OwnRequest): ReviewEnd {
  const { entry, verdict, nameOf, body, end } = own;
  if (end !== undefined) return end;
  if (body.afterwards !== undefined) return endOfAfterwards(entry, verdict, nameOf);
  const unchanged = `Nothing was changed on ${body.target.profile}.`;
  const note = entry.note === undefined ? unchanged : entry.note;
  const askAgain = entry.id;
  switch (entry.state) {
    case 'committed':
      return { kind: 'committed', title: committedTitle(own), text: entry.note ?? (body.emergency === undefined ? `What was approved is final on ${body.target.profile}.` : `It is final on ${body.target.profile}. Others are asked to review it; until somebody has, it stays red.`), ...(body.facts.undo.kind === 'none' ? {} : { undo: entry.run }) };
    case 'reviewed':
    case 'rejected':
      return { kind: 'rejected', title: verdict.kind === 'rejected' ? `Rejected by ${nameOf(verdict.by.reviewer)}` : 'Rejected', text: `${verdict.kind === 'rejected' && verdict.by.body.comment !== '' ? `\u201c${verdict.by.body.comment}\u201d\n` : ''}${unchanged}`, askAgain };
    case 'expired':
      return { kind: 'expired', title: 'Expired before enough had approved', text: unchanged, askAgain };
    case 'cancelled':
      return { kind: 'cancelled', title: 'Cancelled', text: `${unchanged} An answer that still comes does nothing.`, askAgain };
    case 'drifted':
      return { kind: 'drifted', title: 'Not committed: it is no longer what was approved', text: note, askAgain };
    case 'failed':
      return { kind: 'failed', title: 'Not committed', text: note, askAgain };
    case 'in-doubt':
      return { kind: 'in-doubt', title: 'Nobody knows yet whether this was committed', text: entry.note ?? 'Look at the data before you run anything again.' };
    case 'taken':
      return { kind: 'in-doubt', title: 'Another window runs it, or did', text: 'It was approved and taken for execution, and how it ended is not known here. Look at Activity, and at the data.' };
    case 'waiting':
      return { kind: 'expired', title: 'It cannot be confirmed any more', text: `${whyRefused(verdict)} ${unchanged}`, askAgain };
  }
}

/** What others said about what was final already. */
export function endOfAfterwards({ state, note = '' }: Pick<PendingRequest, 'state' | 'note'>, verdict: ApprovalVerdict, nameOf: OwnRequest['nameOf']): ReviewEnd {
  const said = note === '' ? '' : `\u201c${note}\u201d\n`;
  const by = verdict.kind === 'rejected' ? ` by ${nameOf(verdict.by.reviewer)}` : verdict.kind === 'approved' ? ` by ${[...new Set(verdict.by.map(({ reviewer }) => nameOf(reviewer)))].join(' and ')}` : '';
  if (state === 'reviewed') return { kind: 'committed', title: `Reviewed${by}`, text: `${said}It was committed in an emergency, and is signed off now.` };
  if (state === 'rejected') return { kind: 'rejected', title: `Rejected${by}, after it was committed`, text: `${said}The change is final. Talk about it; \u201cUndo a Committed Change\u201d takes it back where that is possible.` };
  return { kind: 'expired', title: 'Not reviewed in time', text: 'It was committed in an emergency, and nobody had reviewed it by then. It is asked again.' };
}

function committedTitle({ body, verdict, nameOf }: OwnRequest): string {
  if (body.emergency !== undefined) return 'Committed without confirmation';
  return verdict.kind === 'approved' ? `Committed, confirmed by ${[...new Set(verdict.by.map(({ reviewer }) => nameOf(reviewer)))].join(' and ')}` : 'Committed';
}

function whyRefused(verdict: ApprovalVerdict): string {
  if (verdict.kind !== 'refused') return '';
  switch (verdict.code) {
    case 'request-expired':
      return 'Its time is over.';
    case 'team-changed':
      return 'The team has changed since it was asked, and approvals are bound to the team as it was.';
    case 'requester-unknown':
      return 'You are not in the team any more.';
    case 'no-break-glass':
      return 'The rules of the team do not allow to commit this without others.';
    case 'request-ahead':
      return 'It was made at a time that is yet to come: the clock of this machine was changed.';
    case 'place-understated':
      return 'It calls the place something more harmless than the team file does.';
    case 'request-malformed':
    case 'request-unsigned':
      return 'What is kept of it here cannot be read.';
    default:
      return `It cannot be checked, because ${describeTeamRefusal(verdict.code)}.`;
  }
}

