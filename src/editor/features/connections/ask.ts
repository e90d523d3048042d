/** One question to the person: a line of text or a choice. Answers are values; Back and Escape are answers too. */
import { Disposable, QuickInputButtons, window } from 'vscode';
import type { InputBoxValidationMessage, QuickInput, QuickPickItem } from 'vscode';

export type Answer<Value> = { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'back' } | { readonly kind: 'cancelled' };

/** Where a question stands in a row of questions. */
export type Place = { readonly step: number; readonly total: number; readonly canGoBack: boolean };

export type TextQuestion = {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly password?: boolean;
  /** Shown until the person types. */
  readonly note?: InputBoxValidationMessage;
  /** Why a text cannot be taken. */
  readonly problem?: (text: string) => string | undefined;
  readonly place?: Place;
};

export async function askText(question: TextQuestion): Promise<Answer<string>> {
  const input = window.createInputBox();
  arrange(input, question.title, question.place);
  input.prompt = question.prompt;
  input.placeholder = question.placeholder ?? '';
  input.password = question.password === true;
  input.value = question.value ?? '';
  input.validationMessage = question.note;
  // Complaints begin with the first attempt, and go as soon as the text is right.
  let tried = false;
  return await answerOf(input, (resolve) => [
    input.onDidChangeValue((text) => (input.validationMessage = tried ? question.problem?.(text) : undefined)),
    input.onDidAccept(() => {
      tried = true;
      input.validationMessage = question.problem?.(input.value);
      if (input.validationMessage === undefined) resolve({ kind: 'value', value: input.value });
    }),
    input.onDidTriggerButton(() => resolve({ kind: 'back' })),
  ]);
}

export type Choice<Value> = QuickPickItem & { readonly value: Value };

export type ChoiceQuestion<Value> = {
  readonly title: string;
  readonly placeholder: string;
  readonly items: readonly (Choice<Value> | QuickPickItem)[];
  /** The value to stand on when the question opens; else the first. */
  readonly active?: Value;
  readonly place?: Place;
};

export async function askChoice<Value>(question: ChoiceQuestion<Value>): Promise<Answer<Value>> {
  const pick = window.createQuickPick<Choice<Value> | QuickPickItem>();
  arrange(pick, question.title, question.place);
  pick.placeholder = question.placeholder;
  pick.matchOnDescription = true;
  pick.items = question.items;
  const active = question.items.find((item) => hasValue(item) && item.value === question.active);
  if (question.active !== undefined && active) pick.activeItems = [active];
  return await answerOf(pick, (resolve) => [
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item && hasValue(item)) resolve({ kind: 'value', value: item.value });
    }),
    pick.onDidTriggerButton(() => resolve({ kind: 'back' })),
  ]);
}

/** Shows the input and waits for its end; whatever happens, it is gone afterwards. */
export async function answerOf<Value>(input: QuickInput, listen: (resolve: (answer: Answer<Value>) => void) => readonly Disposable[]): Promise<Answer<Value>> {
  const listeners: Disposable[] = [];
  try {
    return await new Promise<Answer<Value>>((resolve) => {
      listeners.push(...listen(resolve), input.onDidHide(() => resolve({ kind: 'cancelled' })));
      input.show();
    });
  } finally {
    Disposable.from(...listeners).dispose();
    input.dispose();
  }
}

/** People look things up elsewhere while they answer, so a question stays when the focus goes. */
export function arrange(input: QuickInput & { buttons?: readonly unknown[] }, title: string, place?: Place): void {
  input.title = title;
  input.ignoreFocusOut = true;
  if (!place) return;
  input.step = place.step;
  input.totalSteps = place.total;
  input.buttons = place.canGoBack ? [QuickInputButtons.Back] : [];
}

function hasValue<Value>(item: Choice<Value> | QuickPickItem): item is Choice<Value> {
  return 'value' in item;
}
