/** The states of a change that somebody else has to confirm. */
import { asked, askedAfterwards, awaiting, drifted, emergency, nobody, peer } from './peerFixtures.ts';
import { deleteModel, deleteRows, deleteTables } from './reviewFixtures.ts';
import type { Message, OpenPage } from './harness.ts';
import type { Picture } from './pictures.ts';

const both = [
  [980, 900],
  [420, 820],
] as const;

function answer(message: Message): object | undefined {
  if (message.type !== 'pull') return undefined;
  const { table, start, count } = message as unknown as { table: number; start: number; count: number };
  return { type: 'rows', table, start, rows: deleteRows(table, start, count) };
}

const { phrase: _, ...model } = deleteModel();
const showChange = async (open: OpenPage, ...more: readonly object[]): Promise<void> => {
  const shown = { ...model, basis: 'rehearsed', needsPeer: true, expiresAt: 0, holdMs: 0, subtitle: 'Ran, was measured and rolled back at once. Nothing is open now.' };
  await open.send({ type: 'model', model: shown }, { type: 'tables', tables: deleteTables }, ...more);
  await open.page.waitForFunction(() => document.querySelectorAll('.grid-row:not([hidden]).pending').length === 0);
};
const common = { page: 'review', answer, sizes: both } as const;

const inEditor = { page: 'confirmInEditor', sizes: both } as const;

export const peerPictures: readonly Picture[] = [
  { ...common, name: 'peer-needed', play: async (open) => await showChange(open, { type: 'peer', peer }) },
  { ...common, name: 'peer-nobody', play: async (open) => await showChange(open, { type: 'peer', peer: nobody }) },
  {
    ...common,
    name: 'peer-alone',
    play: async (open) => {
      await open.send({ type: 'model', model: deleteModel() }, { type: 'tables', tables: deleteTables }, { type: 'alone', alone: { text: 'Nobody else confirms this: no team is set up.' } });
    },
  },
  {
    ...common,
    name: 'peer-form',
    play: async (open) => {
      await showChange(open, { type: 'peer', peer });
      await open.page.getByRole('button', { name: 'Ask a Peer to Confirm' }).click();
      await open.page.getByLabel('Why it has to be done').fill('Trial accounts idle for 90 days, as agreed in the retention policy.');
      await open.page.getByLabel('Ticket').fill('OPS-412');
      await open.page.locator('.ask-actions vscode-button.primary:not([disabled])').waitFor();
    },
  },
  { ...common, name: 'emergency-way', play: async (open) => await showChange(open, { type: 'peer', peer: emergency }) },
  {
    ...common,
    name: 'emergency-form',
    play: async (open) => {
      await showChange(open, { type: 'peer', peer: emergency });
      await open.page.getByRole('button', { name: 'Emergency: Commit Without Confirmation…' }).click();
      await open.page.getByLabel('Why it cannot wait').fill('The shop is down, this row blocks every order');
      await open.page.getByLabel('the name of the connection').fill('shop-prod');
    },
  },
  { ...common, name: 'emergency-sign', play: async (open) => await showChange(open, { type: 'awaiting', awaiting: awaiting({ purpose: 'emergency', title: 'Waiting for your own signature', text: 'Sign it with your passkey on the page of the confirmation server. Nothing has happened yet: with your signature everybody is alerted, it runs again, and is committed only if it does exactly what was shown.', lines: [] }) }) },
  { ...common, name: 'emergency-unreviewed', play: async (open) => await showChange(open, { type: 'awaiting', awaiting: awaiting({ purpose: 'afterwards', title: 'Committed without confirmation: Waiting for Bob Okafor', text: 'It is final, and stays red until somebody else has signed that they looked at it. The link is on the clipboard: send it to whoever shall look at it.', lines: [{ tone: 'calm', text: 'Nobody has looked at it yet.' }] }) }) },
  { ...inEditor, name: 'emergency-review', play: async (open) => await open.send(askedAfterwards()) },
  { ...common, name: 'peer-waiting', play: async (open) => await showChange(open, { type: 'peer', peer }, { type: 'awaiting', awaiting: awaiting() }) },
  { ...common, name: 'peer-running', play: async (open) => await showChange(open, { type: 'awaiting', awaiting: awaiting({ stage: 'running', title: 'Approved by Bob Okafor', text: 'It runs again now, and is committed only if it does exactly what was approved.', lines: [] }) }) },
  { ...common, name: 'peer-drifted', play: async (open) => await showChange(open, { type: 'awaiting', awaiting: awaiting() }, { type: 'end', end: drifted }) },
  { ...common, name: 'peer-rejected', play: async (open) => await showChange(open, { type: 'awaiting', awaiting: awaiting() }, { type: 'end', end: { kind: 'rejected', title: 'Rejected by Bob Okafor', text: '\u201cCustomer 1318 has credit left.\u201d\nNothing was changed on shop-prod.', askAgain: 'r_AAAAAAAAAAAAAAAA' } }) },
  { ...inEditor, name: 'peer-confirm', play: async (open) => await open.send(asked()) },
  { ...inEditor, name: 'peer-confirm-passkey', play: async (open) => await open.send(asked({ reviewer: { name: 'Bob Okafor', refused: 'The team asks for a passkey or a security key for this, and the key of this editor is neither.' } })) },
  {
    ...inEditor,
    name: 'peer-confirm-end',
    play: async (open) => {
      await open.send(asked());
      await open.page.locator('.end').scrollIntoViewIfNeeded();
      await open.page.locator('button.primary:not([disabled])').waitFor();
    },
  },
  {
    ...inEditor,
    name: 'peer-confirm-sent',
    play: async (open) => {
      await open.send(asked());
      await open.page.locator('.end').scrollIntoViewIfNeeded();
      await open.page.getByRole('button', { name: 'Approve' }).click();
      await open.waitForPosted('decide');
      await open.send({ type: 'sent', decision: 'approve', text: `cfm1.${'pVJdb9owFP0r'.repeat(40)}` });
    },
  },
  { ...inEditor, name: 'peer-confirm-over', play: async (open) => await open.send(asked(), { type: 'over', kind: 'closed' }) },
];
