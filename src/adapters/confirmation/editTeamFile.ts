/** Changes to a team file that people read and comment: what is not changed keeps its place, its comments and its line breaks. */
import { applyEdits, modify, parse } from 'jsonc-parser';
import type { JSONPath } from 'jsonc-parser';
import { isList, isObject } from '../../core/approval/guards.ts';
import { isoText } from '../../core/approval/isoTime.ts';
import type { KeyRecord } from '../../core/approval/keyRecord.ts';
import type { Member, Team } from '../../core/approval/team.ts';
import type { Rule } from '../../core/approval/terms.ts';

export type TeamEdit =
  | { readonly kind: 'add-member'; readonly member: Member }
  | { readonly kind: 'add-key'; readonly member: string; readonly key: KeyRecord; /** What the member's requests are sealed to, where nothing is yet. */ readonly enc?: string }
  /** Approvals by the key stop counting with this version; what it signed before stays in the records. */
  | { readonly kind: 'revoke-key'; readonly keyid: string }
  | { readonly kind: 'remove-member'; readonly member: string }
  | { readonly kind: 'set-roles'; readonly member: string; readonly roles: readonly string[] }
  | { readonly kind: 'set-admins'; readonly threshold: number; readonly keyids: readonly string[] }
  /** Nothing but another year; also for a file that was edited by hand. */
  | { readonly kind: 'renew' };

const yearMs = 365 * 24 * 60 * 60 * 1000;

/** For production and everything destructive a second person; `readTeam` and signatures decide whether it counts. */
const firstRules: readonly Rule[] = [
  { match: { env: 'production', class: ['destructive', 'privilege', 'admin', 'unknown'] }, approvals: 1, roles: [], assurance: 'uv', effectMatch: 'exact', ttlMinutes: 15, audit: 'spool', breakGlass: false },
];

/** The text of the next version. Its bytes are what has to be signed. `now`: epoch milliseconds. */
export function nextTeamText(text: string, current: Team, edits: readonly TeamEdit[], now: number): string {
  const head: readonly Change[] = [
    [['version'], current.body.version + 1],
    [['prev'], current.digest],
    [['issued'], isoText(now)],
    [['expires'], isoText(now + yearMs)],
  ];
  return [...head, ...edits.flatMap((edit) => changesOf(current, edit, now))].reduce(apply, text);
}

export type Founder = { readonly team: string; readonly member: Member; readonly keyid: string; readonly now: number };

/** Makes a first signed version of a file that only holds connections, or of nothing. Rules that are there already stay: whoever founds the team signs them. */
export function foundTeamText(text: string, { team, member, keyid, now }: Founder): string {
  const value: unknown = parse(text, [], { allowTrailingComma: true });
  const begin = isObject(value) ? text : '{\n  "connections": []\n}\n';
  const changes: readonly Change[] = [
    [['v'], 1],
    [['team'], team],
    [['version'], 1],
    [['prev'], null],
    [['issued'], isoText(now)],
    [['expires'], isoText(now + yearMs)],
    [['admins'], { threshold: 1, keyids: [keyid] }],
    [['members'], [member]],
  ];
  const rules: readonly Change[] = isObject(value) && value['policy'] !== undefined ? [] : [[['policy'], { confirmations: firstRules }]];
  return [...changes, ...rules].reduce(apply, begin);
}

/** A place in the file, and what shall stand there; `undefined` takes it away, an index behind the end of a list adds to it. */
type Change = readonly [path: JSONPath, value: unknown];

function changesOf({ body, keys }: Team, edit: TeamEdit, now: number): readonly Change[] {
  const at = (id: string): number => body.members.findIndex((member) => member.id === id);
  switch (edit.kind) {
    case 'add-member':
      return [[['members', body.members.length], edit.member]];
    case 'add-key': {
      const member = body.members[at(edit.member)];
      const sealed: readonly Change[] = edit.enc === undefined || member?.enc !== undefined ? [] : [[['members', at(edit.member), 'enc'], edit.enc]];
      return [[['members', at(edit.member), 'keys', member?.keys.length ?? 0], edit.key], ...sealed];
    }
    case 'revoke-key': {
      const found = keys.get(edit.keyid);
      const index = found?.member.keys.indexOf(found.record) ?? -1;
      return found === undefined ? [] : [[['members', at(found.member.id), 'keys', index, 'revoked'], isoText(now)]];
    }
    case 'remove-member':
      return [[['members', at(edit.member)], undefined]];
    case 'set-roles':
      return [[['members', at(edit.member), 'roles'], edit.roles]];
    case 'set-admins':
      return [[['admins'], { threshold: edit.threshold, keyids: edit.keyids }]];
    case 'renew':
      return [];
  }
}

function apply(text: string, [path, value]: Change): string {
  const last = path.at(-1);
  const list: unknown = typeof last === 'number' ? path.slice(0, -1).reduce<unknown>(inside, parse(text, [], { allowTrailingComma: true })) : undefined;
  const isArrayInsertion = isList(list) && list.length === last;
  return applyEdits(text, modify(text, path, value, { isArrayInsertion, formattingOptions: { insertSpaces: true, tabSize: 2, eol: text.includes('\r\n') ? '\r\n' : '\n' } }));
}

function inside(value: unknown, step: string | number): unknown {
  if (isList(value)) return value[Number(step)];
  return isObject(value) ? value[String(step)] : undefined;
}
