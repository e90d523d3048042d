/** What another version of a team file means, in words for whoever is about to sign it. Pure. */
import type { MaskingRule } from '../masking/rules.ts';
import { isObject } from './guards.ts';
import type { KeyRecord } from './keyRecord.ts';
import type { Member, TeamBody } from './team.ts';
import type { Rule } from './terms.ts';

export type TeamChange = {
  /** `people`: who counts, and with which keys. `rules`: what it takes. `rest`: everything else in the file. */
  readonly about: 'people' | 'rules' | 'rest';
  readonly text: string;
  /** What does not fit into a line. */
  readonly detail?: string;
};

/** Whose key it is and what it is called, where that is known. @param keyid - of a key that may sign the team file */
export type KeyNames = (keyid: string) => string | undefined;

/** Nothing is left out: what has no words of its own is named by its place in the file. */
export function teamChanges(before: TeamBody, after: TeamBody, keyName: KeyNames = () => undefined): readonly TeamChange[] {
  return [...membersChanged(before, after), ...adminsChanged(before, after, keyName), ...rulesChanged(before, after), ...restChanged(before, after)];
}

const people = (text: string): TeamChange => ({ about: 'people', text });
const rules = (text: string): TeamChange => ({ about: 'rules', text });
const rest = (text: string): TeamChange => ({ about: 'rest', text });

function membersChanged(before: TeamBody, after: TeamBody): readonly TeamChange[] {
  const removed = before.members.filter(({ id }) => !after.members.some((member) => member.id === id)).map((member) => people(`${nameOf(member)} is removed`));
  const kept = after.members.flatMap((member) => {
    const former = before.members.find(({ id }) => id === member.id);
    return former === undefined ? joined(member) : memberChanged(former, member);
  });
  return [...removed, ...kept];
}

function joined(member: Member): readonly TeamChange[] {
  return [people(`${nameOf(member)} joins${member.roles.length === 0 ? '' : ` as ${member.roles.join(', ')}`}, ${member.keys.length === 0 ? 'without a key' : `with ${count(member.keys.length, 'key')}: ${member.keys.map(labelOf).join(', ')}`}`)];
}

function memberChanged(before: Member, after: Member): readonly TeamChange[] {
  const name = nameOf(after);
  const lost = before.keys.filter((key) => !after.keys.some((other) => other.pub === key.pub)).map((key) => people(`${name}: the key ${labelOf(key)} is removed`));
  const keys = after.keys.flatMap((key) => {
    const former = before.keys.find((other) => other.pub === key.pub);
    if (former === undefined) return [people(`${name} gets another key: ${labelOf(key)}`)];
    if (former.revoked === undefined && key.revoked !== undefined) return [people(`${name}: the key ${labelOf(key)} is revoked`)];
    if (former.revoked !== undefined && key.revoked === undefined) return [people(`${name}: the key ${labelOf(key)} counts again`)];
    return isSame(former, key) ? [] : [people(`${name}: what stands about the key ${labelOf(key)} changes`)];
  });
  return [
    ...(before.name === after.name ? [] : [people(`${before.name} is called ${after.name} from now on`)]),
    ...(isSame(before.roles, after.roles) ? [] : [people(`${name}: roles change from ${listed(before.roles)} to ${listed(after.roles)}`)]),
    ...lost,
    ...keys,
    ...(before.enc === after.enc ? [] : [people(`${name}: requests are sealed to another key`)]),
    ...(before.github === after.github ? [] : [rest(`${name}: the GitHub name changes to ${after.github ?? 'none'}`)]),
  ];
}

function adminsChanged(before: TeamBody, after: TeamBody, keyName: KeyNames): readonly TeamChange[] {
  const missing = (list: readonly string[], other: readonly string[]): readonly string[] => list.filter((keyid) => !other.includes(keyid)).map((keyid) => keyName(keyid) ?? `the key ${keyid}`);
  return [
    ...missing(after.admins.keyids, before.admins.keyids).map((key) => people(`${key} may sign the team file from now on`)),
    ...missing(before.admins.keyids, after.admins.keyids).map((key) => people(`${key} may not sign the team file any more`)),
    ...(before.admins.threshold === after.admins.threshold ? [] : [people(`${count(after.admins.threshold, 'administrator')} instead of ${String(before.admins.threshold)} must sign the team file`)]),
  ];
}

function rulesChanged({ policy: before }: TeamBody, { policy: after }: TeamBody): readonly TeamChange[] {
  return [
    ...confirmationsChanged(before.confirmations, after.confirmations),
    ...listChanged(before.masking ?? [], after.masking ?? [], { gone: 'about values this goes', come: 'about values this comes', order: 'what is told of values stands in another order; of two that fit, the first holds' }, maskingText),
    ...screensChanged(before.maskOnScreen ?? [], after.maskOnScreen ?? []),
  ];
}

function listChanged<Item>(before: readonly Item[], after: readonly Item[], words: { readonly gone: string; readonly come: string; readonly order: string }, textOf: (item: Item) => string): readonly TeamChange[] {
  if (isSame(before, after)) return [];
  const has = (list: readonly Item[], item: Item): boolean => list.some((other) => isSame(other, item));
  const gone = before.filter((item) => !has(after, item)).map((item) => rules(`${words.gone}: ${textOf(item)}`));
  const come = after.filter((item) => !has(before, item)).map((item) => rules(`${words.come}: ${textOf(item)}`));
  return gone.length + come.length === 0 ? [rules(words.order)] : [...gone, ...come];
}

const told: Readonly<Record<MaskingRule['strategy'], string>> = { show: 'shown to reviewers as they are', partial: 'shown to reviewers in part', shape: 'shown to reviewers by their shape', pseudonym: 'shown to reviewers as pseudonyms', hide: 'hidden from reviewers' };

function maskingText({ columns, strategy }: MaskingRule): string {
  return `${columns.join(', ')}: ${told[strategy]}`;
}

function screensChanged(before: readonly string[], after: readonly string[]): readonly TeamChange[] {
  const gone = before.filter((environment) => !after.includes(environment));
  const come = after.filter((environment) => !before.includes(environment));
  return [
    ...(gone.length === 0 ? [] : [rules(`members see values as they are, without a record, on ${gone.join(', ')}`)]),
    ...(come.length === 0 ? [] : [rules(`members see what is hidden from reviewers only after they reveal it, on ${come.join(', ')}`)]),
  ];
}

function confirmationsChanged(before: readonly Rule[], after: readonly Rule[]): readonly TeamChange[] {
  if (isSame(before, after)) return [];
  const gone = before.filter((rule) => !after.some((other) => isSame(other, rule)));
  const come = after.filter((rule) => !before.some((other) => isSame(other, rule)));
  // A rule about the same statements is the same rule with other terms.
  const pairs = come.flatMap((rule) => gone.filter((other) => isSame(other.match, rule.match)).slice(0, 1).map((former) => ({ former, rule })));
  const changes = [
    ...gone.filter((rule) => !pairs.some(({ former }) => former === rule)).map((rule) => ({ ...rules(`a rule goes: ${matchText(rule)}`), detail: termsText(rule) })),
    ...pairs.map(({ former, rule }) => ({ ...rules(`a rule changes: ${matchText(rule)}`), detail: differences(former, rule) })),
    ...come.filter((rule) => !pairs.some((pair) => pair.rule === rule)).map((rule) => ({ ...rules(`a rule comes: ${matchText(rule)}`), detail: termsText(rule) })),
  ];
  return changes.length === 0 ? [rules('the rules stand in another order; of two that fit, the first holds')] : changes;
}

/** What a rule is about. */
function matchText({ match }: Rule): string {
  return `${match.env ?? 'wherever it is protected'}, ${(match.class ?? ['every change']).join(', ')}`;
}

type TermTexts = Readonly<Record<'who' | 'key' | 'effect' | 'time' | 'record' | 'emergency', string>>;

function termTexts({ approvals, roles, all = [], assurance, effectMatch, ttlMinutes, audit, breakGlass }: Rule): TermTexts {
  return {
    who: [{ approvals, roles }, ...all].map((group) => `${count(group.approvals, 'other person', 'other persons')}${group.roles.length === 0 ? '' : ` (${group.roles.join(' or ')})`}`).join(' and '),
    key: `key at least “${assurance}”`,
    effect: `effect “${effectMatch}”`,
    time: `within ${count(ttlMinutes, 'minute')}`,
    record: `record “${audit}”`,
    emergency: breakGlass ? 'emergencies may go ahead' : 'no exception for emergencies',
  };
}

function termsText(rule: Rule): string {
  return Object.values(termTexts(rule)).join(', ');
}

function differences(before: Rule, after: Rule): string {
  const [former, now] = [termTexts(before), termTexts(after)];
  return (Object.keys(now) as (keyof TermTexts)[]).filter((key) => former[key] !== now[key]).map((key) => `${now[key]} instead of ${former[key]}`).join('; ');
}

const restNames: Readonly<Partial<Record<keyof TeamBody, string>>> = { connections: 'connections', risks: 'rules about risks', servers: 'confirmation servers', audit: 'where records go', $schema: 'the schema' };

function restChanged(before: TeamBody, after: TeamBody): readonly TeamChange[] {
  const named = (Object.keys(restNames) as (keyof TeamBody)[]).filter((key) => !isSame(before[key], after[key]));
  const connections = named.includes('connections') ? connectionsChanged(before.connections ?? [], after.connections ?? []) : [];
  return [...connections, ...named.filter((key) => key !== 'connections').map((key) => rest(`${restNames[key] ?? key} change`)), ...(before.team === after.team ? [] : [people(`the team is called ${after.team} instead of ${before.team}`)])];
}

function connectionsChanged(before: readonly unknown[], after: readonly unknown[]): readonly TeamChange[] {
  const names = (list: readonly unknown[]): ReadonlyMap<string, unknown> => new Map(list.map((entry, index) => [isObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : `number ${String(index + 1)}`, entry]));
  const [former, now] = [names(before), names(after)];
  const changes = [
    ...[...former.keys()].filter((name) => !now.has(name)).map((name) => rest(`the connection ${name} is removed`)),
    ...[...now].flatMap(([name, entry]) => (former.has(name) ? (isSame(former.get(name), entry) ? [] : [{ ...rest(`the connection ${name} changes`), detail: membersThatDiffer(former.get(name), entry) }]) : [rest(`the connection ${name} is added`)])),
  ];
  return changes.length === 0 ? [rest('the connections stand in another order')] : changes;
}

/** What stands in one and not, or otherwise, in the other. */
function membersThatDiffer(before: unknown, after: unknown): string {
  const [former, now] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
  const names = [...new Set([...Object.keys(former), ...Object.keys(now)])].filter((name) => !isSame(former[name], now[name]));
  return names.map((name) => `${name}: ${shown(now[name])} instead of ${shown(former[name])}`).join('; ');
}

function nameOf({ name, id }: Member): string {
  return `${name} (${id})`;
}

/** What kind of key it is, and how its owner calls it. */
export function labelOf(record: Pick<KeyRecord, 'alg' | 'label' | 'rpId'>): string {
  return `“${record.label}” (${kindOf(record)})`;
}

export function kindOf({ alg, rpId }: Pick<KeyRecord, 'alg' | 'rpId'>): string {
  if (alg.startsWith('webauthn-')) return `passkey of ${rpId ?? 'no site'}`;
  return alg === 'sshsig' ? 'SSH key' : alg === 'es256' ? 'software key' : `key of an unknown kind, ${alg}`;
}

function listed(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.join(', ');
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}

/** Same JSON, whatever the order of its members. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).toSorted().map((key) => [key, sorted(value[key])]));
}
