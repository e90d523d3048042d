/** Which connection to allow writes on, and on which to end that. */
import { window } from 'vscode';
import { describeTarget } from '../../../core/profile/connection.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { plainText } from '../../plainText.ts';
import { askChoice } from '../connections/ask.ts';
import type { AccessCommandPorts } from './accessCommands.ts';

export async function pickReadOnly({ catalogue, access }: AccessCommandPorts): Promise<ConnectionProfile | undefined> {
  const candidates = catalogue.all().filter((profile) => profile.protected && access.policyFor(profile).access === 'readOnly' && !access.lease(profile.id));
  return await pickOne(candidates, 'Allow Writes for a While: on Which Connection?', 'No connection is read-only right now, so there is nothing to allow.');
}

export async function pickElevated({ catalogue, access }: AccessCommandPorts): Promise<ConnectionProfile | undefined> {
  const candidates = catalogue.all().filter(({ id }) => access.lease(id) !== undefined);
  if (candidates.length === 1) return candidates[0];
  return await pickOne(candidates, 'End Allowed Writes: on Which Connection?', 'Writes are not allowed for a while anywhere, so there is nothing to end.');
}

async function pickOne(candidates: readonly ConnectionProfile[], title: string, nothing: string): Promise<ConnectionProfile | undefined> {
  if (candidates.length === 0) {
    void window.showInformationMessage(plainText(nothing));
    return undefined;
  }
  const items = candidates.map((profile) => ({ label: profile.name, description: describeTarget(profile), value: profile }));
  const answer = await askChoice<ConnectionProfile>({ title, placeholder: 'Choose a connection', items });
  return answer.kind === 'value' ? answer.value : undefined;
}
