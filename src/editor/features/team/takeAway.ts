/** Before a key or a member is taken away: whom it is about, what the team could not do any more, and a word that is typed. */
import type { Member, Team } from '../../../core/approval/team.ts';
import { administratorsWithout, unmetWithout } from '../../../core/approval/teamOutlook.ts';
import { askChoice, askText } from '../connections/ask.ts';
import type { Choice } from '../connections/ask.ts';

/** @param id - known already; else the person chooses */
export async function chooseMember({ body }: Team, title: string, id: string | undefined): Promise<Member | undefined> {
  const items = body.members.map((member): Choice<string> => ({ label: member.name, description: member.id, value: member.id }));
  const chosen = id ?? (await choose(title, 'Whom?', items));
  return body.members.find((each) => each.id === chosen);
}

export async function choose<Value>(title: string, placeholder: string, items: readonly Choice<Value>[]): Promise<Value | undefined> {
  const answer = await askChoice<Value>({ title, placeholder, items });
  return answer.kind === 'value' ? answer.value : undefined;
}

/** Typed, because Enter is pressed too easily. */
export async function isTyped(title: string, what: string, word: string): Promise<boolean> {
  const answer = await askText({ title, prompt: `${what} Type “${word}” to go on.`, problem: (text) => (text.trim() === word ? undefined : `Type ${word}.`) });
  return answer.kind === 'value';
}

/** Why it cannot be: nobody could sign the next version. @param lost - ids of keys */
export function lackOfAdministrators(team: Team, lost: ReadonlySet<string>): string | undefined {
  const { threshold } = team.body.admins;
  const left = administratorsWithout(team, lost);
  if (left.length >= threshold) return undefined;
  const who = left.length === 0 ? 'Nobody' : `Only ${left.map(({ name }) => name).join(', ')}`;
  return `${who} could sign the team file then, and ${threshold === 1 ? 'one administrator has' : `${String(threshold)} administrators have`} to. Make somebody else an administrator first (“Change Roles…”). Nothing was changed.`;
}

/** Said before it is done; empty where it stands in nobody's way. @param lost - ids of keys */
export function consequences(team: Team, lost: ReadonlySet<string>): string {
  const unmet = unmetWithout(team, lost);
  const what = unmet.map(({ match }) => `${match.env ?? 'all environments'} (${(match.class ?? ['every change']).join(', ')})`).join('; ');
  return unmet.length === 0 ? '' : `Nobody would be left to confirm changes to ${what}, so none could be made. `;
}
