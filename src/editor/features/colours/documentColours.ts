/** Answers for every channel: how is this document to be shown, and when has that changed. */
import { EventEmitter, window } from 'vscode';
import type { Disposable, Event, TextEditor, Uri } from 'vscode';
import type { AccessControl } from '../../catalogue.ts';
import type { Bindings } from '../binding/bindings.ts';
import { presentBinding, type Presentation } from './presentation.ts';

export interface DocumentColours extends Disposable {
  of(uri: Uri): Presentation | undefined;
  /** The editor the window is about: the active one; while a panel is in front, the last one or else any that can be seen. */
  current(): TextEditor | undefined;
  readonly onDidChange: Event<void>;
}

export function createDocumentColours(bindings: Bindings, access: AccessControl): DocumentColours {
  const changed = new EventEmitter<void>();
  let last = window.activeTextEditor;
  const fire = (): void => changed.fire();
  const subscriptions = [
    changed,
    bindings.onDidChange(fire),
    access.onDidChange(fire),
    window.onDidChangeActiveTextEditor((editor) => {
      last = editor ?? last;
      fire();
    }),
    window.onDidChangeVisibleTextEditors(fire),
  ];
  const visible = (): TextEditor | undefined => (last && window.visibleTextEditors.includes(last) ? last : window.visibleTextEditors.find(({ document }) => bindings.of(document.uri)));
  return {
    of(uri) {
      const binding = bindings.of(uri);
      return binding && presentBinding(binding, 'profile' in binding ? access.policyFor(binding.profile) : undefined);
    },
    current: () => window.activeTextEditor ?? visible(),
    onDidChange: changed.event,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
