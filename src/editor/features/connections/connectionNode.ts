/** One row of the Connections view, in words, icon and colour. */
import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import type { EffectivePolicy } from '../../../core/policy/policy.ts';
import { describeTarget } from '../../../core/profile/connection.ts';
import type { ConnectionId, ConnectionProfile, Environment } from '../../../core/profile/connection.ts';
import { dialectNames } from '../../../core/profile/dialectNames.ts';
import { connectionIcon, environmentColour, environmentIcon, environmentLabel, sourceLabel } from './appearance.ts';
import type { ConnectionProblem } from './connectionCatalogue.ts';

export type ConnectionNode =
  | { readonly kind: 'environment'; readonly environment: Environment }
  | { readonly kind: 'connection'; readonly connection: ConnectionId }
  | { readonly kind: 'problems' }
  | { readonly kind: 'problem'; readonly problem: ConnectionProblem };

/** What is in force for a row right now. */
export type ConnectionState = {
  readonly profile: ConnectionProfile;
  readonly policy: EffectivePolicy;
  /** How long writes are still allowed: `12 m`. */
  readonly remaining: string | undefined;
};

/** Rows with this scheme get their colour from the feature's decoration provider. */
export const connectionScheme = 'countersign-connection';

export function connectionItem(state: ConnectionState): TreeItem {
  const { profile } = state;
  const item = new TreeItem(profile.name, TreeItemCollapsibleState.None);
  const badge = badgeOf(state);
  const target = describeTarget(profile);
  item.id = profile.id;
  item.iconPath = connectionIcon(profile.environment);
  item.description = [badge, target, ...(profile.source === 'team' ? [sourceLabel(profile)] : [])].filter((part) => part !== '').join(' · ');
  item.resourceUri = Uri.from({ scheme: connectionScheme, path: `/${profile.id}`, query: profile.environment });
  item.contextValue = contextOf(state);
  item.tooltip = tooltipOf(state);
  item.accessibilityInformation = { label: `${profile.name}, ${environmentLabel[profile.environment]}, ${badge === '' ? '' : `${badge}, `}${target}, ${sourceLabel(profile)}` };
  return item;
}

/** What can be done on a row, for the when-clauses of menus. */
function contextOf({ profile, policy, remaining }: ConnectionState): string {
  const access = remaining !== undefined ? 'elevated' : profile.protected ? policy.access : 'open';
  return `connection ${profile.source} ${profile.environment} ${access}`;
}

function badgeOf({ profile, policy, remaining }: ConnectionState): string {
  if (remaining !== undefined) return `writes allowed ${remaining}`;
  if (!profile.protected) return '';
  switch (policy.access) {
    case 'blocked':
      return 'blocked';
    case 'readOnly':
      return 'read-only';
    default:
      return 'writes with preview';
  }
}

function tooltipOf({ profile, policy, remaining }: ConnectionState): MarkdownString {
  const text = new MarkdownString();
  // Names come from files of others: as text, never as markup.
  const line = (label: string, value: string): void => void text.appendText(`${label}: ${value}`).appendMarkdown('  \n');
  text.appendText(profile.name).appendMarkdown('\n\n');
  line('Environment', environmentLabel[profile.environment]);
  line('Database system', dialectNames[profile.dialect]);
  line('Leads to', describeTarget(profile));
  line('TLS', profile.tls.caFile === undefined ? profile.tls.mode : `${profile.tls.mode}, with ${profile.tls.caFile}`);
  line('Comes from', profile.source === 'team' ? 'the team file of this folder' : 'your settings');
  line('Writes', writesText(profile, policy, remaining));
  return text;
}

function writesText(profile: ConnectionProfile, policy: EffectivePolicy, remaining: string | undefined): string {
  if (!profile.protected) return 'run directly; this connection is not protected';
  if (remaining !== undefined) return `allowed for ${remaining}; each one is shown before it is final`;
  if (policy.access === 'blocked') return 'and reads are blocked by your settings or the team file';
  return policy.access === 'readOnly' ? 'not allowed; “Allow Writes for a While…” lifts that' : 'each one is shown before it is final';
}

export function environmentItem(environment: Environment): TreeItem {
  const item = new TreeItem(environmentLabel[environment], TreeItemCollapsibleState.Expanded);
  item.id = `environment:${environment}`;
  item.iconPath = new ThemeIcon(environmentIcon[environment], environmentColour(environment));
  item.contextValue = 'environment';
  return item;
}

export function problemsItem(problems: readonly ConnectionProblem[]): TreeItem {
  const item = new TreeItem(problems.length === 1 ? '1 problem' : `${String(problems.length)} problems`, TreeItemCollapsibleState.Expanded);
  item.id = 'problems';
  item.iconPath = severityIcon(problems.some(({ severity }) => severity === 'error') ? 'error' : 'warning');
  return item;
}

export function problemItem(problem: ConnectionProblem): TreeItem {
  const item = new TreeItem(problem.message, TreeItemCollapsibleState.None);
  item.iconPath = severityIcon(problem.severity);
  item.tooltip = problem.message;
  item.command = problem.place
    ? { command: 'vscode.open', title: 'Open', arguments: [problem.place.uri, { selection: problem.place.range }] }
    : { command: 'workbench.action.openSettingsJson', title: 'Open', arguments: [{ revealSetting: { key: 'countersign.connections', edit: true } }] };
  return item;
}

function severityIcon(severity: ConnectionProblem['severity']): ThemeIcon {
  return severity === 'error' ? new ThemeIcon('error', new ThemeColor('list.errorForeground')) : new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
}
