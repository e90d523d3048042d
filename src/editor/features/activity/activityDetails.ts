/** Everything that is recorded about one run, as a read-only text beside the editor. */
import { Uri, ViewColumn, window, workspace } from 'vscode';
import type { Disposable } from 'vscode';
import type { Activity } from '../../../core/audit/activity.ts';
import { endOf } from './activityItems.ts';
import type { ChainState } from './chainState.ts';

const scheme = 'countersign-activity';

export function createDetails(subscriptions: Disposable[]): { show(entry: Activity, state: ChainState): Promise<void> } {
  const texts = new Map<string, string>();
  subscriptions.push(workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent: (uri) => texts.get(uri.query) ?? '' }));
  return {
    async show(entry, state) {
      const uri = Uri.from({ scheme, path: `/Run of ${new Date(entry.time).toISOString().slice(0, 19).replaceAll(':', '.')}.sql`, query: entry.run });
      texts.set(uri.query, detailsText(entry, state));
      await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true, viewColumn: ViewColumn.Active });
    },
  };
}

/** SQL with what is known about it as comments: it can be read, searched and copied. */
export function detailsText(entry: Activity, state: ChainState): string {
  const { actor, target, effects, answers } = entry;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['ended', endOf(entry)],
    ['when', new Date(entry.time).toISOString()],
    ['who', `${actor.osUser}@${actor.host}${actor.kind === 'agent' ? ' (an agent)' : ''}`],
    ['where', target && `${target.connection} (${target.environment}), ${target.address}`],
    ['class', entry.class],
    ['took', entry.durationMs === undefined ? undefined : `${String(entry.durationMs)} ms`],
    ['transaction', entry.transactionId],
    ['reason', entry.reason],
    ['takes back', entry.undoOf],
    ['taken back by', entry.undoneBy],
    ...entry.notes.map((note) => ['what', note] as const),
    ...answers.map(({ reviewer, decision, comment, time }) => [decision === 'approve' ? 'approved by' : 'rejected by', `${reviewer}, ${new Date(time).toISOString()}${comment === '' ? '' : `: ${comment}`}`] as const),
    ['run', entry.run],
    ['records', state.records],
    ['chain', state.chain],
    ['received by', state.receivedBy],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`-- ${name.padEnd(14)}${oneLine(value)}`]));
  const tables = effects.map(({ table, inserted, updated, deleted, why }) => `--   ${oneLine(`${table.schema}.${table.table}`)}: ${String(inserted)} inserted, ${String(updated)} updated, ${String(deleted)} deleted (${oneLine(why)})`);
  return [...lines, ...(tables.length === 0 ? [] : ['-- row operations:', ...tables]), '', entry.sql, ''].join('\n');
}

/** Nothing recorded can end the comment it stands in. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
