/** Commands: allow writes for a while, end that early. */
import { commands, Disposable, window } from 'vscode';
import { describeTarget } from '../../../core/profile/connection.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { profileOf } from '../connections/commandArguments.ts';
import { askChoice } from '../connections/ask.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import type { LeasingAccessControl } from './accessControl.ts';
import { plainText } from '../../plainText.ts';

export type AccessCommandPorts = { readonly catalogue: ConnectionCatalogue; readonly access: LeasingAccessControl };

export function registerAccessCommands({ catalogue, access }: AccessCommandPorts): Disposable {
  return Disposable.from(
    commands.registerCommand('countersign.elevate', async (argument?: unknown) => {
      const profile = profileOf(argument, catalogue) ?? (await pickReadOnly(catalogue, access));
      if (profile) await access.elevate(profile);
    }),
    commands.registerCommand('countersign.endElevation', async (argument?: unknown) => {
      const profile = profileOf(argument, catalogue) ?? (await pickElevated(catalogue, access));
      if (profile) access.endLease(profile.id);
    }),
  );
}

async function pickReadOnly(catalogue: ConnectionCatalogue, access: LeasingAccessControl): Promise<ConnectionProfile | undefined> {
  const candidates = catalogue.all().filter((profile) => profile.protected && access.policyFor(profile).access === 'readOnly' && !access.lease(profile.id));
  return await pickOne(candidates, 'Allow Writes for a While: on Which Connection?', 'No connection is read-only right now, so there is nothing to allow.');
}

async function pickElevated(catalogue: ConnectionCatalogue, access: LeasingAccessControl): Promise<ConnectionProfile | undefined> {
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
