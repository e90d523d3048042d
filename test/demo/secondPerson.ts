/** The part of the tour that takes two: a team is set up, Robin joins from a terminal, and confirms there what is asked in the editor. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fillAndAsk, clipboard } from '../e2e/peers.ts';
import { review, waitForEnd } from '../e2e/steps.ts';
import { atTerminal } from '../integration/cli/terminal.ts';
import type { Editor } from '../support/editor.ts';
import { until } from '../support/until.ts';
import { countersign } from '../unit/cli/run.ts';

export type SecondPersonTour = {
  /** Runs the statement in the bound document that begins like this. */
  readonly run: (text: string) => Promise<void>;
  readonly say: (text: string) => void;
  readonly picture: (name: string) => Promise<unknown>;
  /** Rows of a table, as the database counts them. */
  readonly count: (table: string) => Promise<number>;
  /** Where Robin keeps what is Robin's. */
  readonly folder: string;
};

const robin = 'Robin (demo)';
const table = 'search_log';

export async function confirmByRobin({ ui, page }: Editor, { run, say, picture, count, folder }: SecondPersonTour): Promise<void> {
  await mkdir(folder, { recursive: true });
  const key = path.join(folder, 'robin.key');
  await ui.clearToasts();
  await ui.command('Countersign: Set Up a Team…');
  await ui.input('Set Up a Team (1/2)', 'Alice Adams');
  await ui.input('Set Up a Team (2/2)', 'demo');
  await ui.toast('You are the team “demo”');
  await ui.clearToasts();
  await ui.command('Countersign: Invite Somebody to the Team…');
  await ui.input('Invite Somebody to demo', robin);
  await ui.toast(`The link for ${robin} is on the clipboard`);
  const invitation = await clipboard(page);
  const joined = await countersign(['join', invitation, '--name', robin, '--key', key]);
  assert.equal(joined.code, 0, joined.stderr);
  const words = /\n\n {2}(?<words>\S+(?: \S+){5})\n/u.exec(joined.stderr)?.groups?.['words'] ?? '';
  await ui.toast(`${robin} wants to join the team “demo”`, 'Compare the Words');
  await ui.input(`Add ${robin}: Compare Six Words`, words);
  await ui.pick(`Add ${robin}: Who Is It?`, 'is new in the team');
  await ui.input(`Add ${robin}: Short Name`, 'robin');
  await page.locator('.quick-input-widget:visible').filter({ hasText: 'Administrator' }).waitFor();
  await ui.key('Enter');
  await ui.toast(`${robin} is in the team.`);
  await ui.clearToasts();
  say(`a team of two: ${robin} joined from a terminal, and six words were compared`);

  const before = await count(table);
  assert.ok(before > 0);
  await run(`TRUNCATE ${table}`);
  await fillAndAsk(await review(ui), 'The log is only noise', robin);
  await picture('6-waiting');
  assert.equal(await count(table), before, 'nothing is open while somebody thinks');
  say('TRUNCATE was tried and rolled back, and another person was asked');
  await until('the link of the request is on the clipboard', async () => (await clipboard(page)) !== invitation);
  const { screen, code } = await atTerminal(['review', await clipboard(page), '--key', key], [[/Type approve or reject/u, 'approve'], [/Comment/u, '']]);
  assert.equal(code, 0, screen);
  assert.ok(screen.includes(`TRUNCATE ${table}`), screen);
  await waitForEnd(ui, `Committed, confirmed by ${robin}`);
  await picture('7-confirmed');
  assert.equal(await count(table), 0);
  say(`${robin} saw the same and approved: committed, and ${String(before)} rows are gone`);
}
