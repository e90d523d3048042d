/** A row of tabs: one stop for the Tab key, arrows move between them. */
import { el } from './dom.ts';

export type Tab = {
  /** Stays the same for the same thing, so that the choice survives an update. */
  readonly id: string;
  readonly content: readonly (Node | string)[];
  readonly title?: string;
};

export type Tabs = {
  readonly element: HTMLElement;
  /** Replaces the tabs; the chosen one stays chosen while it exists, else the first is. Does not call `onSelect`. */
  set(tabs: readonly Tab[]): void;
  /** Chooses a tab. Does not call `onSelect`. */
  select(id: string): void;
  selected(): string | undefined;
};

/**
 * @param options.panel - id of the element that shows what the chosen tab stands for
 * @param options.onSelect - a person chose another tab
 */
export function createTabs(options: { readonly label: string; readonly name: string; readonly panel: string; onSelect(id: string): void }): Tabs {
  const element = el('div', { class: 'tabs', role: 'tablist', 'aria-label': options.label });
  let ids: readonly string[] = [];
  let chosen: string | undefined;

  const paint = () => {
    for (const [index, button] of [...element.children].entries()) {
      const isChosen = ids[index] === chosen;
      button.setAttribute('aria-selected', String(isChosen));
      button.setAttribute('tabindex', isChosen ? '0' : '-1');
    }
  };
  const choose = (id: string | undefined) => {
    if (id === undefined || id === chosen) return;
    chosen = id;
    paint();
    options.onSelect(id);
  };
  const createTab = (id: string) => {
    const button = el('button', { type: 'button', role: 'tab', class: 'tab', id: `${options.name}-${id}`, 'aria-controls': options.panel });
    button.addEventListener('click', () => choose(id));
    return button;
  };
  element.addEventListener('keydown', (event) => {
    const target = targetOf(event.key, ids.indexOf(chosen ?? ''), ids.length);
    if (target === undefined) return;
    event.preventDefault();
    choose(ids[target]);
    const button = element.children[target] as HTMLElement | undefined;
    button?.focus();
    button?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  return {
    element,
    set: (tabs) => {
      const isSame = tabs.length === ids.length && tabs.every((tab, index) => tab.id === ids[index]);
      ids = tabs.map((tab) => tab.id);
      if (chosen === undefined || !ids.includes(chosen)) chosen = ids[0];
      // The buttons stay while the tabs do: a press that began before an update still counts, and the focus is not lost.
      if (!isSame) element.replaceChildren(...tabs.map((tab) => createTab(tab.id)));
      for (const [index, tab] of tabs.entries()) {
        const button = element.children[index];
        button?.replaceChildren(...tab.content);
        if (button && tab.title !== undefined) button.setAttribute('title', tab.title);
      }
      paint();
    },
    select: (id) => {
      if (!ids.includes(id)) return;
      chosen = id;
      paint();
    },
    selected: () => chosen,
  };
}

function targetOf(key: string, index: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (index + 1) % count;
    case 'ArrowLeft':
      return (index - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
