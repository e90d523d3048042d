/** The hover of a statement's first word and of what is risky in it: what it does, why, and what to do instead. */
import { languages, MarkdownString, Range, Uri } from 'vscode';
import type { Disposable, HoverProvider, Position } from 'vscode';
import type { RisksOfDocuments } from './documentRisks.ts';
import { explain, type Explanation } from './explanation.ts';
import { knownAt, type KnownStatement, type Place } from './statements.ts';

export function createRiskHover(risks: RisksOfDocuments): Disposable {
  const provider: HoverProvider = {
    async provideHover(document, position) {
      const found = await risks.ask(document);
      const offset = document.offsetAt(position);
      const known = found && knownAt(found.statements, offset);
      const place = known && placeAt(known, offset);
      if (!place) return undefined;
      const canShowRows = found.dialect === 'postgresql' && ['insert', 'update', 'delete'].includes(known.statement.kind);
      const range = new Range(document.positionAt(place.start), document.positionAt(place.end));
      return { contents: [toMarkdown(explain(known), canShowRows ? document.positionAt(known.start) : undefined)], range };
    },
  };
  return languages.registerHoverProvider({ language: 'sql' }, provider);
}

/** Elsewhere hovers belong to others. */
function placeAt({ verb, risks }: KnownStatement, offset: number): Place | undefined {
  return [verb, ...risks].find(({ start, end }) => offset >= start && offset <= end);
}

const icons: Readonly<Record<Explanation['risks'][number]['severity'], string>> = { high: 'warning', medium: 'info', low: 'lightbulb' };

/** Words of rules come from files of others: they are escaped and cannot become links, pictures or icons. */
function toMarkdown({ title, className, reasons, risks }: Explanation, rowsAt: Position | undefined): MarkdownString {
  const text = new MarkdownString('', true);
  text.isTrusted = { enabledCommands: ['countersign.showTouchedRows'] };
  text.appendMarkdown(`**${plain(title)}** · class \`${className}\`\n\n`);
  for (const reason of reasons) text.appendMarkdown(`- ${plain(reason)}\n`);
  for (const { severity, text: message, remedy, link } of risks) {
    const more = link === undefined ? '' : ` [Read more](${Uri.parse(link).toString()})`;
    text.appendMarkdown(`\n\n$(${icons[severity]}) ${plain(message)} ${plain(remedy)}${more}`);
  }
  if (rowsAt) text.appendMarkdown(`\n\n[Show the rows it would touch](command:countersign.showTouchedRows?${encodeURIComponent(JSON.stringify([{ line: rowsAt.line, character: rowsAt.character }]))} "Reads them. Nothing is written.")`);
  return text;
}

/** The editor's own way makes every space one that no line breaks at. */
function plain(text: string): string {
  return text.replaceAll('$(', '$ (').replaceAll(/[\\`*_{}[\]()#+\-.!~<>|$:@&]/gu, String.raw`\$&`);
}
