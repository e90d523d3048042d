/** “Save Result As…”: which format, which rows, which file; then written with progress, and recorded before and after. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ProgressLocation, Uri, window, workspace } from 'vscode';
import type { CancellationToken, Progress } from 'vscode';
import { createResultFile } from '../../../adapters/resultFile.ts';
import type { ExportEnd } from '../../../app/exportRead.ts';
import type { ResultSink } from '../../../app/resultSink.ts';
import { groupDigits, rows as countRows } from '../../../core/effect/describe.ts';
import { toFailure } from '../../../core/errors.ts';
import { plainText } from '../../plainText.ts';
import { fileFormats, type FileFormat } from './exportFormats.ts';
import { createFileSink } from './fileSink.ts';
import { rowsInView } from './arranged.ts';
import { tableOf } from './results.ts';
import { maskFailure, type RunView, type StatementResult } from './runView.ts';

export type ExportPorts = {
  /** Runs the statement again, only if it surely reads, and recorded. Never rejects. */
  readAgain(run: RunView, result: StatementResult, target: { readonly to: string; readonly sink: ResultSink; readonly signal: AbortSignal }): Promise<ExportEnd>;
  /** Writes what is on screen: recorded before and after. Rejects when it cannot be recorded. */
  recorded(run: RunView, result: StatementResult, to: string, write: () => Promise<number>): Promise<void>;
};

type Part = 'shown' | 'all';
type Order = { readonly run: RunView; readonly result: StatementResult; readonly part: Part; readonly format: FileFormat; readonly file: string; readonly replaces: boolean };

/** From the palette, where no result is named: the only one on screen, or the one that is chosen. */
export async function chooseAndExport(ports: ExportPorts, run: RunView | undefined): Promise<void> {
  const results = (run?.results ?? []).filter(({ columns }) => columns.length > 0);
  const [first, ...others] = results;
  if (!run || !first) return void window.showInformationMessage('There is no result on screen that could be saved. Run a statement that returns rows.');
  if (others.length === 0) return await exportResult(ports, run, first);
  const items = results.map((result) => ({ label: result.statement.text.replaceAll(/\s+/gu, ' ').slice(0, 80), description: countRows(result.rows.rowCount), result }));
  const chosen = await window.showQuickPick(items, { title: 'Save Result As\u2026', placeHolder: 'Which of the results' });
  if (chosen) await exportResult(ports, run, chosen.result);
}

export async function exportResult(ports: ExportPorts, run: RunView, result: StatementResult): Promise<void> {
  if (result.columns.length === 0 || result.state === 'running') return void window.showInformationMessage('There are no rows to save yet.');
  const format = await askFormat(result);
  const part = format && (await askPart(result));
  const place = part && (await askPlace(run, format));
  if (!format || !part || !place) return;
  const order: Order = { run, result, part, format, ...place };
  await window.withProgress({ location: ProgressLocation.Notification, title: `Saving ${path.basename(place.file)}`, cancellable: true }, async (progress, token) => await carryOut(ports, order, progress, token));
}

async function askFormat({ rows }: StatementResult): Promise<FileFormat | undefined> {
  const masked = rows.masked.length === 0 ? '' : ` \u2014 masked columns are saved as their masks (${String(rows.masked.length)})`;
  const chosen = await window.showQuickPick(fileFormats.map((format) => ({ label: format.label, detail: format.detail, format })), { title: `Save Result As\u2026 (1/2)${masked}`, placeHolder: 'The format of the file', matchOnDetail: true });
  return chosen?.format;
}

/** Only where the grid does not show all of them. */
async function askPart(result: StatementResult): Promise<Part | undefined> {
  const { truncated, state, statement, arranged, rows } = result;
  const count = rowsInView(result).rowCount;
  const isWhole = truncated === undefined && state === 'done' && count === rows.rowCount;
  if (isWhole || statement.class !== 'read') return 'shown';
  const chosen = await window.showQuickPick(
    [
      { label: `The ${countRows(count)} shown`, detail: arranged ? 'In the order in which they are shown. Nothing is run.' : 'Nothing is run.', part: 'shown' as const },
      { label: 'All rows', detail: 'Runs the statement again, in a transaction that the server keeps read-only. The rows may have changed since.', part: 'all' as const },
    ],
    { title: 'Save Result As\u2026 (2/2)', placeHolder: 'The grid does not show all rows of this result' },
  );
  return chosen?.part;
}

/** The dialog asks before it takes a name that exists; only then may the file be replaced. */
async function askPlace({ profile, document }: RunView, { extension, label }: FileFormat): Promise<Pick<Order, 'file' | 'replaces'> | undefined> {
  const folder = workspace.workspaceFolders?.[0]?.uri ?? Uri.joinPath(Uri.parse(document, true), '..');
  const name = `${profile.name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')}-${timeStamp(new Date())}.${extension}`;
  const chosen = await window.showSaveDialog({ title: 'Save Result As\u2026', saveLabel: 'Save', filters: { [label]: [extension] }, ...(folder.scheme === 'file' ? { defaultUri: Uri.joinPath(folder, name) } : {}) });
  if (chosen === undefined) return undefined;
  if (chosen.scheme !== 'file') {
    void window.showWarningMessage(plainText(`Not saved: ${chosen.scheme} is no file system that a result can be written to piece by piece. Choose a folder of the machine that the extension runs on.`));
    return undefined;
  }
  return { file: chosen.fsPath, replaces: await exists(chosen.fsPath) };
}

async function carryOut(ports: ExportPorts, order: Order, progress: Progress<{ message: string }>, token: CancellationToken): Promise<void> {
  try {
    const said = await write(ports, order, (count) => progress.report({ message: countRows(count) }), token);
    if (said !== undefined) void window.showWarningMessage(plainText(said));
  } catch (thrown) {
    void window.showErrorMessage(plainText(`Not saved: ${toFailure(thrown).message}. Nothing was left behind, and what was there before is as it was.`));
  }
}

/** Why there is no file, in words; nothing when there is one. */
async function write(ports: ExportPorts, order: Order, onRows: (count: number) => void, token: CancellationToken): Promise<string | undefined> {
  const { run, result, part, format, replaces } = order;
  const file = await createResultFile(order.file, { replaces });
  try {
    const table = tableOf(result);
    const sink = createFileSink(file, format, { dialect: run.profile.dialect, ...(table ? { table } : {}) }, onRows);
    const to = `file ${path.basename(order.file)}, ${format.name}`;
    const refused = part === 'all' ? await writeAll(ports, order, { to, sink, token }) : await writeShown(ports, order, { to, sink, token });
    if (refused !== undefined) return refused;
    await sink.end();
    if ((await file.finish()) === 'taken') return `Not saved: ${path.basename(order.file)} was made by somebody else meanwhile, and stays as it is. Choose another name.`;
    void offerToOpen(order.file, sink.count, file.bytes);
    return undefined;
  } finally {
    await file.abandon();
  }
}

type Writing = { readonly to: string; readonly sink: ReturnType<typeof createFileSink>; readonly token: CancellationToken };

const cancelled = 'Not saved: cancelled. Nothing was left behind.';

async function writeAll(ports: ExportPorts, { run, result }: Order, { to, sink, token }: Writing): Promise<string | undefined> {
  const controller = new AbortController();
  const listening = token.onCancellationRequested(() => controller.abort());
  const end = await ports.readAgain(run, result, { to, sink: { ...sink, notice: () => undefined }, signal: controller.signal }).finally(() => void listening.dispose());
  switch (end.kind) {
    case 'done':
      return undefined;
    case 'cancelled':
      return cancelled;
    case 'refused':
      return `Not saved: ${end.message}`;
    case 'failed':
      return `Not saved: ${(run.screen ? maskFailure(end.failure, result.statement.text) : end.failure).message}`;
  }
}

const rowsAtOnce = 5000;

async function writeShown(ports: ExportPorts, { run, result }: Order, { to, sink, token }: Writing): Promise<string | undefined> {
  const rows = rowsInView(result);
  await ports.recorded(run, result, to, async () => {
    sink.columns(result.columns);
    for (let start = 0; start < rows.rowCount && !token.isCancellationRequested; start += rowsAtOnce) {
      sink.rows(rows.window(start, rowsAtOnce));
      await sink.ready();
    }
    return sink.count;
  });
  return token.isCancellationRequested ? cancelled : undefined;
}

async function offerToOpen(file: string, count: number, bytes: number): Promise<void> {
  const open = 'Open';
  const size = bytes < 10_000 ? `${String(bytes)} bytes` : `${groupDigits(Math.round(bytes / 1000))} kB`;
  const chosen = await window.showInformationMessage(plainText(`${countRows(count)} saved to ${path.basename(file)} (${size}).`), open);
  if (chosen === open) await window.showTextDocument(Uri.file(file));
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(() => true, () => false);
}

/** `20261121-2013` */
function timeStamp(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(now.getFullYear())}${two(now.getMonth() + 1)}${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}`;
}
