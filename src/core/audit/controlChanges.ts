/** What is different about connections and settings, one line for each difference: names and values people wrote down, never a secret. */
import { describeTarget, type ConnectionProfile } from '../profile/connection.ts';

export type ProfileChange = { readonly profile: ConnectionProfile; readonly changes: readonly string[] };

/**
 * Connections that were added, removed or edited. Those of a team file come and go with folders, so only their edits count. Pure.
 */
export function describeProfileChanges(former: readonly ConnectionProfile[], next: readonly ConnectionProfile[]): readonly ProfileChange[] {
  const before = new Map(former.map((profile) => [profile.id, profile]));
  const after = new Set(next.map(({ id }) => id));
  const removed = former.filter(({ id, source }) => source === 'personal' && !after.has(id)).map((profile) => ({ profile, changes: [`${profile.name}: removed (${describeTarget(profile)})`] }));
  const others = next.flatMap((profile): ProfileChange[] => {
    const old = before.get(profile.id);
    if (!old) return profile.source === 'personal' ? [{ profile, changes: [`${profile.name}: added (${describeTarget(profile)}, ${profile.environment})`] }] : [];
    const changes = factsOf(profile).flatMap(([name, value], index) => {
      const was = factsOf(old)[index]?.[1] ?? '';
      return was === value ? [] : [`${profile.name}: ${name} ${was || 'none'} → ${value || 'none'}`];
    });
    return changes.length === 0 ? [] : [{ profile, changes }];
  });
  return [...removed, ...others];
}

function factsOf(profile: ConnectionProfile): readonly (readonly [name: string, value: string])[] {
  const { name, dialect, environment, tls, access } = profile;
  return [
    ['name', name],
    ['target', describeTarget(profile)],
    ['dialect', dialect],
    ['environment', environment],
    ['protected', profile.protected ? 'yes' : 'no'],
    ['TLS', [tls.mode, tls.caFile].filter((part) => part !== undefined).join(' ')],
    ['access', access ?? ''],
  ];
}

export type SettingValues = Readonly<Record<string, unknown>>;

const longestValue = 200;

/** `undefined` stands for a setting that the person did not set. Pure. */
export function describeSettingChanges(former: SettingValues, next: SettingValues): readonly string[] {
  return Object.keys({ ...former, ...next }).flatMap((name) => {
    const [was, is] = [wordOf(former[name]), wordOf(next[name])];
    return was === is ? [] : [`${name}: ${was} → ${is}`];
  });
}

function wordOf(value: unknown): string {
  const text = value === undefined ? 'not set' : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
