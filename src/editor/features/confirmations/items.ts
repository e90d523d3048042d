/** Rows of the Confirmations view, in words and icons. */
import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { describeRequest } from '../../../core/approval/requestText.ts';
import { plainLabel } from '../../plainLabel.ts';
import type { AskedOfMe } from './inbox.ts';
import { endOf, type OwnRequest } from './ownRequest.ts';
import { isOver } from './ownRequests.ts';
import { describeUntil } from './timeText.ts';

export type Group = 'for-me' | 'unreviewed' | 'mine' | 'decided';
export type ConfirmationNode =
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'own'; readonly own: OwnRequest }
  | { readonly kind: 'asked'; readonly asked: AskedOfMe };

const groups: Readonly<Record<Group, string>> = { 'for-me': 'Waiting for Me', 'unreviewed': 'Committed, Not Reviewed', 'mine': 'My Requests', 'decided': 'Decided' };

export function groupItem(group: Group, count: number): TreeItem {
  const item = new TreeItem(groups[group], group === 'decided' ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.Expanded);
  item.id = `group/${group}`;
  item.contextValue = 'group';
  item.description = String(count);
  item.accessibilityInformation = { label: `${groups[group]}, ${String(count)}` };
  return item;
}

export function askedItem(asked: AskedOfMe, now: number): TreeItem {
  const { request, requester } = asked.checked;
  const title = describeRequest(request);
  const how = answered(asked, now);
  // Who asks, and until when, must be readable in the narrowest side bar; the rest can be cut off.
  const isAfter = request.afterwards !== undefined;
  const item = new TreeItem(asked.answer === undefined ? `${requester.name} ${isAfter ? 'committed' : 'asks'}` : capitalise(how), TreeItemCollapsibleState.None);
  item.id = `asked/${request.id}`;
  item.description = plainLabel([...(asked.answer === undefined ? [how] : [requester.name]), request.target.profile, title].join(' \u00b7 '));
  item.iconPath = asked.answer === undefined ? new ThemeIcon(isAfter ? 'flame' : 'bell-dot', new ThemeColor(isAfter ? 'countersign.removed' : 'countersign.changed')) : answerIcon(asked.answer);
  item.contextValue = asked.answer === undefined ? 'asked open' : 'asked over';
  item.tooltip = tooltip([`${requester.name} ${isAfter ? 'committed without confirmation, and asks you to review it, on' : 'asks you to confirm a change to'} ${request.facts.environment}: ${title} on ${request.target.profile}.`, `Reason: ${request.reason}`, request.ticket === undefined ? undefined : `Ticket: ${request.ticket}`, `Asked ${new Date(request.created).toLocaleString()}, until ${new Date(request.expires).toLocaleTimeString()}.`]);
  item.command = { command: 'countersign.confirmations.open', title: 'Open', arguments: [{ kind: 'asked', asked }] };
  item.accessibilityInformation = { label: `${requester.name} asks: ${title}, ${request.target.profile}, ${how}` };
  return item;
}

const answers = { approve: 'you approved', reject: 'you rejected', over: 'over' } as const;

function answered({ answer, checked: { request } }: AskedOfMe, now: number): string {
  return answer === undefined ? describeUntil(request.expires, now) : answers[answer];
}

function answerIcon(answer: NonNullable<AskedOfMe['answer']>): ThemeIcon {
  if (answer === 'approve') return new ThemeIcon('pass-filled', new ThemeColor('countersign.added'));
  return answer === 'reject' ? new ThemeIcon('error', new ThemeColor('countersign.removed')) : new ThemeIcon('circle-slash');
}

export function ownItem(own: OwnRequest, now: number): TreeItem {
  const { entry, body } = own;
  const title = describeRequest(body);
  const how = stateOf(own);
  const until = isOver(own) || own.stage === 'running' ? new Date(entry.created).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' }) : describeUntil(entry.expires, now);
  const item = new TreeItem(capitalise(how), TreeItemCollapsibleState.None);
  item.id = `own/${entry.id}`;
  item.description = [until, body.target.profile, title].join(' \u00b7 ');
  item.iconPath = iconOf(own);
  item.contextValue = contextOf(own);
  item.tooltip = tooltip([`${body.emergency !== undefined || body.afterwards !== undefined ? 'You went without confirmation' : 'You asked for confirmation'} on ${body.target.profile}: ${title}.`, `Reason: ${body.reason}`, isOver(own) ? `${endOf(own).title}. ${endOf(own).text}` : own.asked.length === 0 ? undefined : `May ${body.afterwards === undefined ? 'confirm' : 'review'}: ${own.asked.map(({ name }) => name).join(', ')}.`, `Request ${own.words}`]);
  item.command = { command: 'countersign.confirmations.open', title: 'Open', arguments: [{ kind: 'own', own }] };
  item.accessibilityInformation = { label: `${how}, ${title}, ${body.target.profile}, ${until}` };
  return item;
}

/** How it stands or ended, as a person says it. */
export function stateOf(own: OwnRequest): string {
  const { emergency, afterwards } = own.body;
  if (emergency !== undefined && own.stage === 'running') return 'signed, running';
  if (emergency !== undefined && own.stage === 'ready') return 'signed, waits for you';
  if (emergency !== undefined && !isOver(own)) return own.verdict.kind === 'refused' ? 'cannot be committed any more' : 'waits for your signature';
  if (emergency !== undefined && own.entry.state === 'committed') return 'committed without confirmation';
  if (afterwards !== undefined && !isOver(own)) return 'committed, not reviewed';
  if (own.stage === 'running') return 'approved, running';
  if (own.stage === 'ready') return 'approved, waits for you';
  if (!isOver(own)) return own.verdict.kind === 'refused' ? 'cannot be confirmed any more' : 'waiting';
  const words = { 'waiting': 'over', 'taken': 'taken by another window', 'committed': 'committed', 'reviewed': 'reviewed afterwards', 'rejected': afterwards === undefined ? 'rejected' : 'rejected afterwards', 'expired': 'expired', 'cancelled': 'cancelled', 'drifted': 'drifted, not committed', 'failed': 'failed', 'in-doubt': 'in doubt' } as const;
  return words[own.entry.state];
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `own waiting link`, `own ready`, `own over again`: what its actions are shown by. */
function contextOf(own: OwnRequest): string {
  if (own.stage === 'running') return 'own running';
  if (!isOver(own) && own.body.afterwards !== undefined) return `own review ${own.entry.server === undefined ? 'text' : 'link'}`;
  if (!isOver(own)) return `own ${own.stage} ${own.entry.server === undefined ? 'text' : 'link'}`;
  return endOf(own).askAgain === undefined ? 'own over' : 'own over again';
}

function iconOf(own: OwnRequest): ThemeIcon {
  const isUnreviewed = own.body.afterwards !== undefined ? !isOver(own) : own.body.emergency !== undefined && own.entry.state === 'committed';
  if (isUnreviewed) return new ThemeIcon('flame', new ThemeColor('countersign.removed'));
  if (own.stage === 'running') return new ThemeIcon('loading~spin');
  if (own.stage === 'ready') return new ThemeIcon('debug-start', new ThemeColor('countersign.changed'));
  if (!isOver(own)) return new ThemeIcon('watch');
  switch (own.entry.state) {
    case 'committed':
    case 'reviewed':
      return new ThemeIcon('pass-filled', new ThemeColor('countersign.added'));
    case 'rejected':
    case 'failed':
      return new ThemeIcon('error', new ThemeColor('countersign.removed'));
    case 'drifted':
      return new ThemeIcon('diff', new ThemeColor('countersign.changed'));
    case 'in-doubt':
    case 'taken':
      return new ThemeIcon('question', new ThemeColor('problemsWarningIcon.foreground'));
    case 'waiting':
    case 'expired':
    case 'cancelled':
      return new ThemeIcon('circle-slash');
  }
}

function tooltip(lines: readonly (string | undefined)[]): MarkdownString {
  const text = new MarkdownString();
  // Names, reasons and tickets are other people's words: never markup.
  for (const [index, line] of lines.filter((each) => each !== undefined).entries()) text.appendText(index === 0 ? line : `\n${line}`);
  return text;
}
