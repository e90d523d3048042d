/** Adding, editing and copying a connection: the same questions, from different starting points. */
import { window } from 'vscode';
import { describeTarget } from '../../../core/profile/connection.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import type { Connections } from './connectionCatalogue.ts';
import { draftOf, emptyDraft, profileOfDraft } from './connectionDraft.ts';
import type { ConnectionDraft } from './connectionDraft.ts';
import { connectionSteps } from './connectionSteps.ts';
import type { ConnectionTester } from './connectionTest.ts';
import { savePersonalConnection } from './personalSettings.ts';
import { runSteps } from './steps.ts';
import type { Step, StepEnd } from './steps.ts';
import { askAfterTest } from './testStep.ts';
import type { TestAnswer } from './testStep.ts';
import { plainText } from '../../plainText.ts';

export type ConnectionEditorPorts = { readonly catalogue: Connections; readonly test: ConnectionTester };

export async function addConnection(ports: ConnectionEditorPorts): Promise<void> {
  await askAndSave(ports, 'Add Connection', emptyDraft);
}

export async function editConnection(ports: ConnectionEditorPorts, profile: ConnectionProfile): Promise<void> {
  await askAndSave(ports, `Edit ${profile.name}`, draftOf(profile), profile);
}

/** A personal copy; of a team connection too. Its password stays with the original. */
export async function duplicateConnection(ports: ConnectionEditorPorts, profile: ConnectionProfile): Promise<void> {
  await askAndSave(ports, `Duplicate ${profile.name}`, { ...draftOf(profile), name: '' });
}

async function askAndSave(ports: ConnectionEditorPorts, title: string, start: ConnectionDraft, replaced?: ConnectionProfile): Promise<void> {
  const names = ports.catalogue.all().filter(({ id, source }) => source === 'personal' && id !== replaced?.id).map(({ name }) => name);
  const questions = connectionSteps(title, names);
  const draft = await runSteps([...questions, testStep(ports, title, questions.length, replaced)], start);
  if (draft) await save(ports, draft, replaced);
}

/** Positions in the row of questions: where to go when the test failed. */
const hostQuestion = 2;

function testStep({ catalogue, test }: ConnectionEditorPorts, title: string, questions: number, replaced: ConnectionProfile | undefined): Step<ConnectionDraft> {
  return async (draft, place) => {
    const profile = profileOfDraft(draft);
    const password = draft.password === '' ? await storedFor(catalogue, profile, replaced) : draft.password;
    const { storeLabel } = await catalogue.passwords();
    const question = { title, place, target: describeTarget(profile), hasPassword: draft.password !== '', storeLabel };
    const answer = await askAfterTest({ ...question, test: async (signal) => await test(profile, password, signal) });
    return answer.kind === 'value' ? next(draft, answer.value, questions) : answer;
  };
}

function next(draft: ConnectionDraft, { choice, end }: TestAnswer, questions: number): StepEnd<ConnectionDraft> {
  switch (choice) {
    case 'save':
      return { kind: 'value', value: { ...draft, keep: 'store' } };
    case 'save-without-password':
      return { kind: 'value', value: { ...draft, keep: 'this-window' } };
    case 'save-untested':
      return { kind: 'value', value: { ...draft, keep: 'nowhere' } };
    case 'change-password':
      return { kind: 'go-to', step: questions - 1, value: { ...draft, password: '', ...(end.kind === 'failed' ? { refused: end.failure.message } : {}) } };
    default:
      return { kind: 'go-to', step: hostQuestion, value: draft };
  }
}

/** A password stored under the old name stays good as long as it leads to the same place. */
async function storedFor(catalogue: Connections, profile: ConnectionProfile, replaced: ConnectionProfile | undefined): Promise<string | undefined> {
  return replaced ? await (await catalogue.passwords()).known({ ...profile, id: replaced.id }) : undefined;
}

async function save({ catalogue }: ConnectionEditorPorts, draft: ConnectionDraft, replaced: ConnectionProfile | undefined): Promise<void> {
  const profile = profileOfDraft(draft);
  const passwords = await catalogue.passwords();
  const isRenamed = replaced !== undefined && replaced.id !== profile.id;
  const moved = isRenamed ? await storedFor(catalogue, profile, replaced) : undefined;
  try {
    await savePersonalConnection(profile, replaced?.name);
  } catch (error) {
    void window.showErrorMessage(plainText(`The connection was not saved: your settings could not be written. ${error instanceof Error ? error.message : String(error)}`));
    return;
  }
  if (isRenamed) await passwords.forget(replaced.id);
  const password = draft.password === '' ? moved : draft.password;
  if (password === undefined || draft.keep === 'nowhere') return;
  if (draft.keep === 'this-window') passwords.remember(profile, password);
  else await passwords.save(profile, password);
}
