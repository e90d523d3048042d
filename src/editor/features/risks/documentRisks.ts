/** What is known of the statements of each connected document that can be seen. Looked at when the person pauses. */
import { Disposable, EventEmitter, window, workspace } from 'vscode';
import type { Event, TextDocument } from 'vscode';
import type { Dialect } from '../../../core/sql/verdict.ts';
import { textLength } from '../../textLength.ts';
import type { Bindings } from '../binding/bindings.ts';
import type { RiskRules } from './riskRules.ts';
import type { KnownStatement, StatementReader } from './statements.ts';

export type DocumentRisks = { readonly document: TextDocument; readonly dialect: Dialect; readonly statements: readonly KnownStatement[] };

export interface RisksOfDocuments extends Disposable {
  /** Of the text as it is now; `undefined` while it is not connected, too long, or not looked at yet. */
  of(document: TextDocument): DocumentRisks | undefined;
  /** The same, after looking. Never rejects. */
  ask(document: TextDocument): Promise<DocumentRisks | undefined>;
  /** Something is known now, or no longer. */
  readonly onDidChange: Event<TextDocument>;
}

/** Longer texts run, but are not looked at while somebody types. */
const longestText = 100_000;
const mostLines = 2500;
const pauseMs = 350;

type Known = DocumentRisks & { readonly version: number };

export function createRisksOfDocuments(bindings: Bindings, rules: RiskRules, reader: StatementReader, isOn: () => boolean): RisksOfDocuments {
  const changed = new EventEmitter<TextDocument>();
  const known = new Map<string, Known>();
  const timers = new Map<string, NodeJS.Timeout>();

  const forget = (document: TextDocument): void => {
    if (known.delete(document.uri.toString())) changed.fire(document);
  };
  const look = async (document: TextDocument): Promise<void> => {
    const dialect = dialectOf(bindings, document);
    if (dialect === undefined || !isOn() || document.isClosed || !isShort(document)) return forget(document);
    const { version } = document;
    const statements = await reader.read(document.getText(), dialect, rules.for(dialect));
    // Whatever came meanwhile has its own look.
    if (document.version !== version || dialectOf(bindings, document) !== dialect) return;
    known.set(document.uri.toString(), { document, dialect, statements, version });
    changed.fire(document);
  };
  const lookSoon = (document: TextDocument, after = pauseMs): void => {
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    timers.set(key, setTimeout(() => {
      timers.delete(key);
      void look(document);
    }, after));
  };
  const lookAtAll = (): void => {
    const visible = new Set(window.visibleTextEditors.map(({ document }) => document));
    for (const { document } of known.values()) if (!visible.has(document)) forget(document);
    for (const document of visible) if (document.languageId === 'sql') lookSoon(document, 0);
  };
  const current = (document: TextDocument): Known | undefined => {
    const found = known.get(document.uri.toString());
    return found?.version === document.version ? found : undefined;
  };
  lookAtAll();
  const subscriptions = Disposable.from(
    changed,
    bindings.onDidChange(lookAtAll),
    rules.onDidChange(lookAtAll),
    window.onDidChangeVisibleTextEditors(lookAtAll),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && window.visibleTextEditors.some((editor) => editor.document === document) && bindings.of(document.uri)) lookSoon(document);
    }),
    workspace.onDidCloseTextDocument(forget),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign.editor.risks')) lookAtAll();
    }),
  );
  return {
    of: current,
    async ask(document) {
      if (!current(document)) await look(document);
      return current(document);
    },
    onDidChange: changed.event,
    dispose() {
      for (const timer of timers.values()) clearTimeout(timer);
      subscriptions.dispose();
    },
  };
}

function dialectOf(bindings: Bindings, document: TextDocument): Dialect | undefined {
  const binding = document.languageId === 'sql' ? bindings.of(document.uri) : undefined;
  return binding?.kind === 'bound' ? binding.profile.dialect : undefined;
}

function isShort(document: TextDocument): boolean {
  return document.lineCount <= mostLines && textLength(document) <= longestText;
}
