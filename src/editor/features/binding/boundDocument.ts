/** What is remembered about a document and its connection. Pure; the format of the file is decided here. */
import { bindingOf, describeChanges, type PasswordBinding } from '../../../core/profile/binding.ts';
import { environments, type ConnectionId, type ConnectionProfile, type Environment } from '../../../core/profile/connection.ts';

export type BoundDocument = {
  readonly connection: ConnectionId;
  /** How the connection was called, for when it is gone. */
  readonly name: string;
  /** Where it led and what it was when the person chose it. */
  readonly target: PasswordBinding;
  readonly environment: Environment;
  readonly protected: boolean;
};

export type Binding =
  | { readonly kind: 'bound'; readonly profile: ConnectionProfile }
  /** A shared file leads elsewhere than when the person chose it: nothing runs until they choose again. */
  | { readonly kind: 'changed'; readonly profile: ConnectionProfile; readonly changes: readonly string[] }
  | { readonly kind: 'missing'; readonly name: string }
  /** Connections are still being read. */
  | { readonly kind: 'loading'; readonly name: string };

export function bindTo(profile: ConnectionProfile): BoundDocument {
  const { id, name, environment, protected: isProtected } = profile;
  return { connection: id, name, target: bindingOf(profile), environment, protected: isProtected };
}

/** @param profile - the connection of that id as it is now */
export function resolveBinding(bound: BoundDocument, profile: ConnectionProfile | undefined, settled: boolean): Binding {
  if (!profile) return { kind: settled ? 'missing' : 'loading', name: bound.name };
  // People know what they change in their own settings; a pulled file changes behind their back.
  const changes = profile.source === 'team' ? changesSince(bound, profile) : [];
  return changes.length === 0 ? { kind: 'bound', profile } : { kind: 'changed', profile, changes };
}

function changesSince(bound: BoundDocument, profile: ConnectionProfile): readonly string[] {
  const target = describeChanges(bound.target, bindingOf(profile));
  const looser = environments.indexOf(profile.environment) < environments.indexOf(bound.environment);
  return [
    ...target,
    ...(looser ? [`environment: ${bound.environment} → ${profile.environment}`] : []),
    ...(bound.protected && !profile.protected ? ['protection: on → off'] : []),
  ];
}

const format = 1;

/** @param documents - by URI */
export function serialiseBindings(documents: ReadonlyMap<string, BoundDocument>): string {
  return `${JSON.stringify({ v: format, documents: Object.fromEntries(documents) }, undefined, 1)}\n`;
}

/** What `serialiseBindings` wrote. Entries that make no sense are left out: an unbound document is the safe one. */
export function parseBindings(text: string): Map<string, BoundDocument> {
  const found = new Map<string, BoundDocument>();
  const value = parseJson(text);
  if (!isObject(value) || value['v'] !== format || !isObject(value['documents'])) return found;
  for (const [uri, entry] of Object.entries(value['documents'])) if (isBoundDocument(entry)) found.set(uri, entry);
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Damaged: nothing in it can be trusted, and binding again takes one command.
    return undefined;
  }
}

function isBoundDocument(value: unknown): value is BoundDocument {
  if (!isObject(value)) return false;
  const { connection, name, target, environment, protected: isProtected } = value;
  const isTarget = isObject(target) && ['dialect', 'host', 'user', 'database', 'tls'].every((key) => typeof target[key] === 'string') && typeof target['port'] === 'number';
  return isTarget && typeof connection === 'string' && typeof name === 'string' && typeof isProtected === 'boolean' && environments.some((known) => known === environment);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
