/** Connections by their name: those of the editor's user settings, and those of the team file above the current folder. */
import { readFile } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import path from 'node:path';
import { noSettings, readOwnSettings, type OwnSettings } from '../../adapters/ownSettings.ts';
import { readTeamFile } from '../../adapters/teamFile.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { leadsToSameDatabase, mergeProfiles, type TeamProfiles } from '../../core/profile/merge.ts';
import { comparableName } from '../../core/profile/parseConnections.ts';
import { UsageError } from '../usage.ts';

/** Names another settings file than the editor's. */
const settingsVariable = 'COUNTERSIGN_SETTINGS';

/** The settings of the first editor found here. @throws UsageError when they cannot be understood: what they forbid would be unknown */
export async function findOwnSettings(env: NodeJS.ProcessEnv): Promise<OwnSettings> {
  const named = env[settingsVariable];
  for (const file of named === undefined ? settingsFiles(env) : [named]) {
    const text = await readIfThere(file);
    if (text !== undefined) return parsed(text, file);
    if (named !== undefined) throw new UsageError(`${named}, which ${settingsVariable} names, is not there.`);
  }
  return noSettings;
}

function parsed(text: string, file: string): OwnSettings {
  const settings = readOwnSettings(text, resolvePersonal);
  if (!settings) throw new UsageError(`${file} is not valid JSON with comments, so what it forbids is not known. Correct it first.`);
  return settings;
}

function resolvePersonal(text: string): string | undefined {
  if (text.startsWith('~/')) return path.join(homedir(), text.slice(2));
  return path.isAbsolute(text) ? text : undefined;
}

/** @throws UsageError when there is none, or more than one */
export async function findNamed(name: string, own: OwnSettings, folder: string): Promise<ConnectionProfile> {
  const all = mergeProfiles(own.profiles, await readTeam(folder));
  const found = all.filter((profile) => comparableName(profile.name) === comparableName(name) || profile.id === name);
  const [profile] = found;
  if (profile === undefined) throw new UsageError(`There is no connection “${name}” in your settings or in a team file here.${all.length === 0 ? '' : ` There are: ${ids(all)}.`}`);
  if (found.length > 1) throw new UsageError(`“${name}” means more than one connection. Say which: ${ids(found)}.`);
  return profile;
}

function ids(profiles: readonly ConnectionProfile[]): string {
  return profiles.map(({ id }) => id).join(', ');
}

/** A URL that leads to a database of the settings is bound by what they say about it, whatever the command says. */
export function tightenByOwn(profile: ConnectionProfile, { profiles }: OwnSettings): ConnectionProfile {
  if (!profiles.some((own) => leadsToSameDatabase(own, profile))) return profile;
  // Writes were allowed because nobody had said anything about this database.
  const { access: _granted, ...bare } = profile;
  const merged = mergeProfiles(profiles, [{ folder: '', profiles: [{ ...bare, source: 'team' }] }]);
  const own = merged.find((candidate) => candidate.source === 'team');
  return own ? { ...own, source: 'personal' } : profile;
}

async function readTeam(folder: string): Promise<readonly TeamProfiles[]> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const text = await readIfThere(path.join(at, '.countersign', 'team.jsonc'));
    if (text !== undefined) return [{ folder: at, profiles: readTeamFile(text, (name) => inside(at, name)).profiles }];
    if (at === path.dirname(at)) return [];
  }
}

function inside(folder: string, name: string): string | undefined {
  const file = path.resolve(folder, name);
  return !path.isAbsolute(name) && file.startsWith(`${folder}${path.sep}`) ? file : undefined;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Where the editors keep the user's settings. */
function settingsFiles(env: NodeJS.ProcessEnv): readonly string[] {
  const home = homedir();
  const roots: Partial<Record<NodeJS.Platform, string>> = { darwin: path.join(home, 'Library/Application Support'), win32: env['APPDATA'] ?? path.join(home, 'AppData/Roaming') };
  const root = roots[platform()] ?? env['XDG_CONFIG_HOME'] ?? path.join(home, '.config');
  return ['Code', 'Code - Insiders', 'VSCodium', 'Cursor'].map((name) => path.join(root, name, 'User/settings.json'));
}
