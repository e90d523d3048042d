/** Signs a team file after somebody edited it by hand: every change is said in words and has to be ticked. */
import { readFile } from 'node:fs/promises';
import { window } from 'vscode';
import type { QuickPickItem } from 'vscode';
import { nextTeamText } from '../../../adapters/confirmation/editTeamFile.ts';
import type { TeamPlace, TeamReport } from '../../../adapters/confirmation/teamFolder.ts';
import { textOf } from '../../../core/approval/bytes.ts';
import type { Bytes } from '../../../core/approval/bytes.ts';
import { sixWords } from '../../../core/approval/digest.ts';
import { keyidOf } from '../../../core/approval/keyRecord.ts';
import { parseB64u } from '../../../core/approval/bytes.ts';
import { describeTeamRefusal } from '../../../core/approval/refusalText.ts';
import type { TeamRefusal } from '../../../core/approval/refusal.ts';
import { readTeam } from '../../../core/approval/team.ts';
import { teamFreshness } from '../../../core/approval/teamChain.ts';
import type { Team } from '../../../core/approval/team.ts';
import { labelOf, teamChanges } from '../../../core/approval/teamChanges.ts';
import type { KeyNames } from '../../../core/approval/teamChanges.ts';
import { toFailure } from '../../../core/errors.ts';
import { expiryText } from './teamNodes.ts';
import { adminNames, documentOf, isAdminKey, publish, tell } from './teamContext.ts';
import type { TeamContext } from './teamContext.ts';

/** Refusals that a signature settles; the others say that the file is not the next one. */
const signable: ReadonlySet<TeamRefusal> = new Set<TeamRefusal>(['team-unsigned', 'team-forked', 'team-expired']);

export async function signTeamFile(context: TeamContext): Promise<void> {
  const report = await context.confirmation.team.report();
  if (report.kind === 'none') return tell('There is no team file with people here, so there is nothing to sign. “Set Up a Team” makes one.');
  const document = documentOf(report.place);
  // What is signed is what is on the screen.
  if (document?.isDirty === true && !(await document.save())) return tell('The team file could not be saved, so nothing was signed.', 'error');
  context.confirmation.team.forget();
  const current = await context.confirmation.team.report();
  if (current.kind === 'accepted') {
    const expiry = expiryText(current.team, teamFreshness(current.team, context.clock.now()), context.clock.now());
    const version = `version ${String(current.team.body.version)} of “${current.team.body.team}”`;
    return tell(expiry === undefined ? `The team file is signed and in force: ${version}. There is nothing to sign.` : `The team file is signed: ${version}. ${expiry}; “Renew the Team File” makes the next version.`);
  }
  if (current.kind === 'refused') await signRefused(context, current);
}

async function signRefused(context: TeamContext, { place, code, pinned, detail }: Extract<TeamReport, { kind: 'refused' }>): Promise<void> {
  const { crypto } = context.confirmation;
  if (!signable.has(code)) return tell(`This cannot be settled by signing: ${detail ?? describeTeamRefusal(code)}.`, 'warning');
  try {
    const bytes = Uint8Array.from(await readFile(place.file));
    const edited = await readTeam(crypto, bytes);
    if (edited.kind === 'refused') return tell(`Nothing was signed: ${describeTeamRefusal(edited.code)}.`, 'error');
    const team = pinned?.body.team ?? edited.team.body.team;
    const own = await context.confirmation.keys.find(team);
    if (own.kind === 'failed') return tell(`Nothing was signed: ${own.message}`, 'error');
    const judge = pinned ?? edited.team;
    if (own.kind === 'absent' || !(isAdminKey(judge, own.key.keyid) || isAdminKey(edited.team, own.key.keyid))) return tell(`Only an administrator can sign the file of the team “${team}”: ${adminNames(judge)}.`, 'warning');
    const text = nextText(bytes, edited.team, pinned, context.clock.now());
    if (await isMeant(context, { place, before: pinned, edited: edited.team })) await publish(context, { place, text, pinned, self: own.key }, 'The team file is signed.');
  } catch (thrown) {
    tell(`Nothing was signed: ${toFailure(thrown).message}.`, 'error');
  }
}

/** A file that another administrator signed already stays as it is to the byte; one that was edited gets the number after the one in force. */
function nextText(bytes: Bytes, edited: Team, pinned: Team | undefined, now: number): string {
  const text = textOf(bytes) ?? '';
  if (pinned === undefined) return text;
  const isNext = edited.body.version === pinned.body.version + 1 && edited.body.prev === pinned.digest;
  return isNext ? text : nextTeamText(text, pinned, [{ kind: 'renew' }], now);
}

type Edited = { readonly place: TeamPlace; readonly before: Team | undefined; readonly edited: Team };

/** Several lines that each want a tick: nobody signs them by pressing a key twice. */
async function isMeant(context: TeamContext, { before, edited }: Edited): Promise<boolean> {
  const items = before === undefined ? await firstItems(context, edited) : await changeItems(context, before, edited);
  if (items.length === 0) return true;
  const pick = window.createQuickPick();
  pick.title = before === undefined ? `Sign the First File of ${edited.body.team}` : `Sign Version ${String(before.body.version + 1)} of ${edited.body.team}`;
  pick.placeholder = 'Tick every change you mean; all have to be ticked';
  pick.canSelectMany = true;
  pick.ignoreFocusOut = true;
  pick.items = items;
  try {
    return await new Promise<boolean>((resolve) => {
      pick.onDidAccept(() => {
        if (pick.selectedItems.length === items.length) resolve(true);
        else pick.title = `${String(items.length - pick.selectedItems.length)} of ${String(items.length)} Changes Are Not Ticked`;
      });
      pick.onDidHide(() => resolve(false));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

const icons = { people: '$(person)', rules: '$(law)', rest: '$(edit)' } as const;

async function changeItems(context: TeamContext, before: Team, edited: Team): Promise<readonly QuickPickItem[]> {
  const changes = teamChanges(before.body, edited.body, keyNamesOf(before, edited)).map(({ about, text, detail }): QuickPickItem => ({ label: `${icons[about]} ${text}`, alwaysShow: true, ...(detail === undefined ? {} : { detail }) }));
  return [...changes, ...(await newKeys(context, before, edited))];
}

function keyNamesOf(...teams: readonly Team[]): KeyNames {
  return (keyid) => {
    const known = teams.map(({ keys }) => keys.get(keyid)).find((key) => key !== undefined);
    return known && `${known.member.name}, with ${labelOf(known.record)},`;
  };
}

async function firstItems(context: TeamContext, edited: Team): Promise<readonly QuickPickItem[]> {
  return await newKeys(context, undefined, edited);
}

/** A key nobody compared may be anybody's. */
async function newKeys({ confirmation: { crypto } }: TeamContext, before: Team | undefined, edited: Team): Promise<readonly QuickPickItem[]> {
  const items: QuickPickItem[] = [];
  for (const member of edited.body.members) {
    for (const record of member.keys) {
      const keyid = await keyidOf(crypto, record.alg, parseB64u(record.pub) ?? new Uint8Array(0));
      if (before?.keys.has(keyid) === true) continue;
      const words = await sixWords(crypto, 'key', member.enc === undefined ? keyid : `${keyid}\n${member.enc}`);
      items.push({ label: `$(key) I compared the words of ${member.name}’s key ${labelOf(record)}`, detail: words.join(' '), alwaysShow: true });
    }
  }
  return items;
}
