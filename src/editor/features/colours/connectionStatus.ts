/** The status item that names the connection of the document in front. It is always there, whatever the theme. */
import { Disposable, MarkdownString, StatusBarAlignment, window } from 'vscode';
import type { StatusBarItem, ThemeColor } from 'vscode';
import { environmentColour } from '../connections/appearance.ts';
import { alarm } from './alarm.ts';
import { shortName } from '../../shortName.ts';
import type { DocumentColours } from './documentColours.ts';
import type { Presentation } from './presentation.ts';

export function createConnectionStatus(colours: DocumentColours): Disposable {
  const item = window.createStatusBarItem('countersign.connection', StatusBarAlignment.Left, 100);
  item.name = 'Countersign: Connection of the Document';
  item.command = 'countersign.bindDocument';
  const paint = (): void => {
    const document = colours.current()?.document;
    const shown = document && colours.of(document.uri);
    if (shown) showConnection(item, shown);
    else if (document?.languageId === 'sql') showNone(item);
    else item.hide();
  };
  paint();
  return Disposable.from(item, colours.onDidChange(paint), window.onDidChangeActiveColorTheme(paint));
}

function showConnection(item: StatusBarItem, { environment, word, name, where, access, problem }: Presentation): void {
  const isAlarming = environment === 'production' || problem !== undefined;
  item.text = problem === undefined ? `$(database) ${word} ${shortName(name)}` : `$(warning) ${word} ${shortName(name)}`;
  if (isAlarming) alarm(item, 'error', 'countersign.production');
  else calm(item, environment && environmentColour(environment));
  item.tooltip = tooltipOf({ word, name, where, access, ...(problem === undefined ? {} : { problem }) });
  item.accessibilityInformation = { label: `This document is connected to ${word} ${name}, ${where}, ${access}. ${problem ?? ''}`, role: 'button' };
  item.show();
}

function calm(item: StatusBarItem, colour: ThemeColor | undefined): void {
  item.backgroundColor = undefined;
  item.color = colour;
}

/** Names come from files of others: as text, never as markup. */
function tooltipOf({ word, name, where, access, problem }: Presentation): MarkdownString {
  const text = new MarkdownString();
  text.appendText(`${word} ${name}`).appendMarkdown('  \n').appendText(where).appendMarkdown('  \n').appendText(access);
  text.appendMarkdown('\n\n').appendText(problem ?? 'Click to connect this document to something else.');
  return text;
}

function showNone(item: StatusBarItem): void {
  item.text = '$(plug) Not connected';
  calm(item, undefined);
  item.tooltip = 'This SQL document is connected to no database. Click to choose one.';
  item.accessibilityInformation = { label: 'This SQL document is connected to no database. Activate to choose one.', role: 'button' };
  item.show();
}
