/** The last question of adding a connection: tries it out, says what came of it, and lets the person save. */
import { window } from 'vscode';
import type { QuickPick, QuickPickItem } from 'vscode';
import { answerOf, arrange } from './ask.ts';
import type { Answer, Place } from './ask.ts';
import { describeServer, isPasswordProblem } from './connectionTest.ts';
import type { ConnectionTestEnd } from './connectionTest.ts';

export type TestChoice = 'save' | 'save-without-password' | 'save-untested' | 'change-password' | 'change-answers' | 'test-again';

export type TestQuestion = {
  readonly title: string;
  readonly place: Place;
  /** `app@db-1:5432/shop` */
  readonly target: string;
  readonly hasPassword: boolean;
  /** Where the password would be kept, for a sentence. */
  readonly storeLabel: string;
  test(signal: AbortSignal): Promise<ConnectionTestEnd>;
};

export type TestAnswer = { readonly choice: TestChoice; readonly end: ConnectionTestEnd };

type Item = QuickPickItem & { readonly choice?: TestChoice };

export async function askAfterTest(question: TestQuestion): Promise<Answer<TestAnswer>> {
  const pick = window.createQuickPick<Item>();
  arrange(pick, question.title, question.place);
  const abort = new AbortController();
  let end: ConnectionTestEnd = { kind: 'cancelled' };
  const run = async (): Promise<void> => {
    showRunning(pick, question.target);
    end = await question.test(abort.signal);
    if (!abort.signal.aborted) showEnd(pick, end, question);
  };
  try {
    return await answerOf(pick, (resolve) => {
      void run();
      return [
        pick.onDidTriggerButton(() => resolve({ kind: 'back' })),
        pick.onDidAccept(() => {
          const choice = pick.selectedItems[0]?.choice;
          if (choice === 'test-again') void run();
          else if (choice !== undefined) resolve({ kind: 'value', value: { choice, end } });
        }),
      ];
    });
  } finally {
    abort.abort();
  }
}

function showRunning(pick: QuickPick<Item>, target: string): void {
  pick.busy = true;
  pick.items = [];
  pick.value = '';
  pick.placeholder = `Connecting to ${target}…`;
}

function showEnd(pick: QuickPick<Item>, end: ConnectionTestEnd, question: TestQuestion): void {
  pick.busy = false;
  pick.placeholder = end.kind === 'ok' ? 'It works. Save it?' : 'It does not work yet. Nothing was saved.';
  pick.items = end.kind === 'ok' ? itemsAfterSuccess(describeServer(end.server), question) : itemsAfterFailure(end);
}

function itemsAfterSuccess(server: string, { hasPassword, storeLabel }: TestQuestion): readonly Item[] {
  const withPassword: Item = { label: '$(check) Save Connection', description: server, detail: `The password is kept in ${storeLabel}.`, choice: 'save' };
  const without: Item = hasPassword
    ? { label: '$(save) Save Without the Password', detail: 'It is asked for when you connect.', choice: 'save-without-password' }
    : { label: '$(check) Save Connection', description: server, choice: 'save' };
  return hasPassword ? [withPassword, without, again] : [without, again];
}

function itemsAfterFailure(end: Exclude<ConnectionTestEnd, { kind: 'ok' }>): readonly Item[] {
  const password: Item = { label: '$(key) Enter the Password Again', choice: 'change-password' };
  const change: Item = { label: '$(edit) Change the Answers', detail: 'Goes back to the host.', choice: 'change-answers' };
  const [what, then] = end.kind === 'failed' ? firstSentence(end.failure.message) : ['The test was stopped.', ''];
  // A row of its own, since the text is longer than a title; choosing it leads to the most likely remedy.
  const isPassword = end.kind === 'failed' && isPasswordProblem(end.failure);
  const said: Item = { label: `$(error) ${what}`, ...(then === '' ? {} : { detail: then }), choice: isPassword ? 'change-password' : 'change-answers' };
  const save: Item = { label: '$(save) Save Anyway', detail: 'Without a connection having been made. The password is asked for when you connect.', choice: 'save-untested' };
  return isPassword ? [said, password, change, again, save] : [said, change, password, again, save];
}

const again: Item = { label: '$(sync) Test Again', choice: 'test-again' };

function firstSentence(message: string): readonly [first: string, rest: string] {
  const end = message.indexOf('. ');
  return end < 0 ? [message, ''] : [message.slice(0, end + 1), message.slice(end + 2)];
}
