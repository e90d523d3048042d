/** Buttons and text fields. The only module that knows the component library behind them. */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeTextField } from '@vscode/webview-ui-toolkit';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField());

export type Button = {
  readonly element: HTMLElement;
  isEnabled(): boolean;
  setEnabled(enabled: boolean): void;
  setLabel(label: string): void;
  focus(): void;
};

export type ButtonOptions = {
  readonly label: string;
  readonly kind: 'primary' | 'secondary' | 'danger' | 'quiet';
  /** Set when the label alone does not tell what is meant, e.g. for a symbol. */
  readonly title?: string;
  onPress(event: Event): void;
};

/** A button. A press reaches `onPress` only while the button is enabled. */
export function createButton(options: ButtonOptions): Button {
  const element = document.createElement('vscode-button');
  element.className = options.kind;
  element.setAttribute('appearance', options.kind === 'primary' ? 'primary' : 'secondary');
  element.append(options.label);
  if (options.title !== undefined) {
    element.setAttribute('title', options.title);
    element.setAttribute('aria-label', options.title);
  }
  const isEnabled = () => !element.hasAttribute('disabled');
  element.addEventListener('click', (event) => {
    if (isEnabled()) options.onPress(event);
  });
  return {
    element,
    isEnabled,
    setEnabled: (enabled) => {
      if (enabled !== isEnabled()) setDisabled(element, 'button', !enabled);
    },
    setLabel: (label) => {
      if (element.textContent !== label) element.textContent = label;
    },
    focus: () => focusSoon(element, 3),
  };
}

/** The library tells the control inside with the next frame only, and until then it would look, and be read aloud, as it was before. */
function setDisabled(element: HTMLElement, inner: 'button' | 'input', isDisabled: boolean): void {
  element.toggleAttribute('disabled', isDisabled);
  element.shadowRoot?.querySelector(inner)?.toggleAttribute('disabled', isDisabled);
}

/** An element that was just put into the page, or shown, takes the focus with a later frame. */
function focusSoon(element: HTMLElement, frames: number): void {
  element.focus();
  if (document.activeElement !== element && frames > 0) requestAnimationFrame(() => focusSoon(element, frames - 1));
}

export type TextField = {
  readonly element: HTMLElement;
  value(): string;
  clear(): void;
  setEnabled(enabled: boolean): void;
  focus(): void;
};

/** A one-line text field that nothing fills in by itself: no history, no spelling, no capital letters added. */
export function createTextField(options: { readonly label: string; onInput(): void }): TextField {
  const element = document.createElement('vscode-text-field') as HTMLElement & { value: string };
  // The library reads the label from the content; the pages hide it because they show their own beside the field.
  element.append(options.label);
  element.addEventListener('input', () => options.onInput());
  element.addEventListener('focusin', () => stopAutomaticText(element));
  return {
    element,
    value: () => element.value ?? '',
    clear: () => {
      element.value = '';
    },
    setEnabled: (enabled) => setDisabled(element, 'input', !enabled),
    focus: () => element.focus(),
  };
}

/** The inner input exists only once the element is in the page, and it is there before anybody can type. */
function stopAutomaticText(element: HTMLElement): void {
  const input = element.shadowRoot?.querySelector('input');
  for (const [name, value] of [
    ['autocomplete', 'off'],
    ['autocapitalize', 'off'],
    ['autocorrect', 'off'],
    ['spellcheck', 'false'],
  ] as const) {
    input?.setAttribute(name, value);
  }
}
