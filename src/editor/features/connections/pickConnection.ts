/** Lets the person choose a connection: production last, and never the one that Enter would take unseen. */
import { commands, QuickPickItemKind } from 'vscode';
import type { QuickPickItem } from 'vscode';
import { describeTarget } from '../../../core/profile/connection.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { connectionIcon, environmentLabel, sourceLabel } from './appearance.ts';
import { askChoice } from './ask.ts';
import type { Choice } from './ask.ts';

type Picked = ConnectionProfile | 'add';

/** @param profiles - in the order to show, production last */
export async function pickConnection(title: string, profiles: readonly ConnectionProfile[]): Promise<ConnectionProfile | undefined> {
  const answer = await askChoice<Picked>({ title, placeholder: 'Choose a connection', items: itemsFor(profiles) });
  if (answer.kind !== 'value') return undefined;
  if (answer.value !== 'add') return answer.value;
  // A new connection is chosen in a second look, when it is known to work.
  void commands.executeCommand('countersign.addConnection');
  return undefined;
}

function itemsFor(profiles: readonly ConnectionProfile[]): readonly (Choice<Picked> | QuickPickItem)[] {
  const add: Choice<Picked> = { label: '$(add) Add Connection…', alwaysShow: true, value: 'add' };
  const items = profiles.flatMap((profile, index) => {
    const isFirstOfKind = profiles[index - 1]?.environment !== profile.environment;
    return isFirstOfKind ? [separator(environmentLabel[profile.environment]), itemFor(profile)] : [itemFor(profile)];
  });
  // The first item is the one that Enter takes: where that would be production, something harmless comes first.
  const startsWithProduction = profiles[0]?.environment === 'production';
  return startsWithProduction || profiles.length === 0 ? [add, ...items] : [...items, separator(''), add];
}

function itemFor(profile: ConnectionProfile): Choice<Picked> {
  return {
    label: profile.name,
    description: `${environmentLabel[profile.environment]} · ${describeTarget(profile)}`,
    ...(profile.source === 'team' ? { detail: `From the ${sourceLabel(profile)}` } : {}),
    iconPath: connectionIcon(profile.environment),
    value: profile,
  };
}

function separator(label: string): QuickPickItem {
  return { label, kind: QuickPickItemKind.Separator };
}
