/** Commands: allow writes for a while, end that early. */
import { commands, Disposable } from 'vscode';
import { loadAllowedWrites } from '../../lazy.ts';
import { profileOf } from '../connections/commandArguments.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import type { LeasingAccessControl } from './accessControl.ts';

export type AccessCommandPorts = { readonly catalogue: ConnectionCatalogue; readonly access: LeasingAccessControl };

export function registerAccessCommands(ports: AccessCommandPorts): Disposable {
  const { catalogue, access } = ports;
  return Disposable.from(
    commands.registerCommand('countersign.elevate', async (argument?: unknown) => {
      const profile = profileOf(argument, catalogue) ?? (await (await loadAllowedWrites()).pickReadOnly(ports));
      if (profile) await access.elevate(profile);
    }),
    commands.registerCommand('countersign.endElevation', async (argument?: unknown) => {
      const profile = profileOf(argument, catalogue) ?? (await (await loadAllowedWrites()).pickElevated(ports));
      if (profile) access.endLease(profile.id);
    }),
  );
}
