/** Invites somebody by one link: they open it in a browser or in their own editor, make a key, and read out six words. */
import { env, window } from 'vscode';
import type { Sent } from '../../../adapters/confirmation/invitations.ts';
import { toFailure } from '../../../core/errors.ts';
import { plainText } from '../../plainText.ts';
import { askText } from '../connections/ask.ts';
import { asAdmin, tell } from './teamContext.ts';
import type { TeamContext } from './teamContext.ts';

/** @returns whether one is on its way */
export async function inviteMember(context: TeamContext): Promise<boolean> {
  const standing = await asAdmin(context);
  if (standing === undefined) return false;
  const { team, self } = standing;
  const answer = await askText({
    title: `Invite Somebody to ${team.body.team}`,
    prompt: 'Whom? Their name is written for them; they may change it. You can leave this empty.',
    placeholder: 'Bob Miller',
    problem: (text) => (text.trim().length > 80 ? 'Up to 80 characters.' : undefined),
  });
  if (answer.kind !== 'value') return false;
  const name = answer.value.trim() === '' ? null : answer.value.trim().toWellFormed();
  const { pins, invitations } = context.confirmation;
  try {
    const pinned = await pins.latest(team.body.team);
    const sent = await invitations.send(team, self, { file: team.bytes, signatures: pinned?.signatures }, name);
    await context.memory.update('countersign.invitations', true);
    context.changed();
    // Not waited for: an answer may come while the message still stands there.
    void hand(sent, name ?? 'whom you invite');
    return true;
  } catch (thrown) {
    return tell(`Nobody was invited: ${toFailure(thrown).message}`, 'error') ?? false;
  }
}

/** The link opens the invitation only; who joins is decided by six words. */
async function hand({ link, text, problem }: Sent, whom: string): Promise<void> {
  const [what, content] = link === undefined ? ['text', text ?? ''] : ['link', link];
  await env.clipboard.writeText(content);
  const again = `Copy the ${what === 'link' ? 'Link' : 'Text'} Again`;
  const lead = problem === undefined ? '' : `${problem} `;
  const next = link === undefined ? 'They paste it into “Join a Team” and send you a text back, which you paste into “Accept a New Member”.' : isLocal(link) ? 'It opens on this machine only, because no confirmation server is set up (“countersign.server.url”).' : 'It opens in any browser, for seven days.';
  const message = `${lead}The ${what} for ${whom} is on the clipboard; send it by any chat. ${next} When they joined, they read six words to you.`;
  if ((await window.showInformationMessage(plainText(message), again)) === again) await env.clipboard.writeText(content);
}

function isLocal(link: string): boolean {
  return new URL(link).hostname === 'localhost';
}
