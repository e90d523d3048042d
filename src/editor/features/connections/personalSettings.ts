/** Writes personal connections into the user settings, leaving every other entry as it is. */
import { ConfigurationTarget, workspace } from 'vscode';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { comparableName } from '../../../core/profile/parseConnections.ts';
import { describeConnection } from '../../../core/profile/describeConnection.ts';
import { section } from './configuration.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Adds the connection, in place of the one called `replaced` if there is one. */
export async function savePersonalConnection(profile: ConnectionProfile, replaced?: string): Promise<void> {
  const entries = rawEntries();
  const index = replaced === undefined ? -1 : entries.findIndex((entry) => isCalled(entry, replaced));
  const entry = describeConnection(profile);
  await write(index < 0 ? [...entries, entry] : entries.with(index, entry));
}

export async function removePersonalConnection(name: string): Promise<void> {
  await write(rawEntries().filter((entry) => !isCalled(entry, name)));
}

function rawEntries(): readonly unknown[] {
  const value = workspace.getConfiguration(section).inspect<unknown>('connections')?.globalValue;
  return Array.isArray(value) ? value : [];
}

function isCalled(entry: unknown, name: string): boolean {
  const own = typeof entry === 'object' && entry !== null ? (entry as Entry)['name'] : undefined;
  return typeof own === 'string' && comparableName(own) === comparableName(name);
}

async function write(entries: readonly unknown[]): Promise<void> {
  await workspace.getConfiguration(section).update('connections', entries, ConfigurationTarget.Global);
}
