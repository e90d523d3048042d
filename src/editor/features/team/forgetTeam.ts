/** Starts anew where a team cannot go on: its administrators lost their keys, or the folder got another team. */
import { workspace } from 'vscode';
import { askText } from '../connections/ask.ts';
import { noFolder, tell } from './teamContext.ts';
import type { TeamContext } from './teamContext.ts';

export async function forgetTeam({ confirmation, changed }: TeamContext): Promise<void> {
  const report = await confirmation.team.report();
  if (report.kind === 'none') return tell(workspace.workspaceFolders === undefined ? noFolder : 'There is no team here, and none to forget.');
  const { place } = report;
  const name = (report.kind === 'accepted' ? report.team : report.pinned)?.body.team ?? 'team';
  const answer = await askText({
    title: `Forget the Team ${name}`,
    prompt: `The next team file of this folder is believed without a signature of the ones who signed until now, whoever wrote it. Do this only when an administrator told you to, and compare the new words. Type “${name}” to go on.`,
    problem: (text) => (text.trim() === name ? undefined : `Type ${name}.`),
  });
  if (answer.kind !== 'value') return;
  await confirmation.pins.forget(place.folder);
  confirmation.team.forget();
  const after = await confirmation.team.report();
  changed();
  // A file that is there is believed at once, and its words are said then.
  if (after.kind === 'none') tell(`This folder has forgotten the team “${name}”. The next team file it gets is believed, whoever signed it: compare its six words.`, 'warning');
}
