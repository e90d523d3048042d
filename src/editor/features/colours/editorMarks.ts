/** The bar in the gutter, the tint of the lines and the stripe in the scroll bar of a connected document. */
import { Disposable, OverviewRulerLane, Range, ThemeColor, Uri, window, workspace } from 'vscode';
import type { TextEditor, TextEditorDecorationType } from 'vscode';
import type { Environment } from '../../../core/profile/connection.ts';
import type { DocumentColours } from './documentColours.ts';

/** Development stays as it is: calm is part of the signal. */
const marked = ['production', 'staging'] as const satisfies readonly Environment[];

/** Icons know no theme colours, so these repeat the defaults of the colours they stand for. */
const bars: Readonly<Record<(typeof marked)[number], { readonly dark: string; readonly light: string }>> = {
  production: { dark: '#ff7b81', light: '#a31018' },
  staging: { dark: '#e2c08d', light: '#7a5000' },
};

export function createEditorMarks(colours: DocumentColours): Disposable {
  /** Made for the first document that is marked: a window without one never needs them. */
  let types: readonly { readonly environment: Environment; readonly type: TextEditorDecorationType }[] = [];
  const isOn = (): boolean => workspace.getConfiguration('countersign.editor').get('colourBar', true);
  const paintEditor = (editor: TextEditor): void => {
    const environment = isOn() ? colours.of(editor.document.uri)?.environment : undefined;
    if (types.length === 0 && marked.some((each) => each === environment)) types = marked.map((each) => ({ environment: each, type: createType(each) }));
    for (const { environment: own, type } of types) editor.setDecorations(type, own === environment ? [wholeDocument(editor)] : []);
  };
  const paint = (): void => window.visibleTextEditors.forEach(paintEditor);
  paint();
  return Disposable.from(
    { dispose: () => types.forEach(({ type }) => type.dispose()) },
    colours.onDidChange(paint),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      // A mark grows with its text, except where all of it was replaced.
      if (!contentChanges.some(({ range }) => range.start.line === 0)) return;
      for (const editor of window.visibleTextEditors) if (editor.document === document) paintEditor(editor);
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign.editor.colourBar')) paint();
    }),
  );
}

function wholeDocument({ document }: TextEditor): Range {
  return new Range(0, 0, document.lineCount, 0);
}

function createType(environment: (typeof marked)[number]): TextEditorDecorationType {
  const { dark, light } = bars[environment];
  return window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new ThemeColor(`countersign.${environment}Line`),
    overviewRulerColor: new ThemeColor(`countersign.${environment}`),
    overviewRulerLane: OverviewRulerLane.Left,
    gutterIconSize: '100% 100%',
    dark: { gutterIconPath: bar(dark) },
    light: { gutterIconPath: bar(light) },
  });
}

/** A border on the line itself would cover the first character. */
function bar(colour: string): Uri {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" preserveAspectRatio="none" viewBox="0 0 20 20"><rect width="4" height="20" fill="${colour}"/></svg>`;
  return Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
}
