/** Records that rows left a page: how many, from where, as what; never the rows. */
import { Uri } from 'vscode';
import type { Clock, Journal } from '../../../app/ports.ts';
import type { Actor } from '../../../core/audit/record.ts';
import { describeTarget, type ConnectionProfile } from '../../../core/profile/connection.ts';
import type { Bindings } from '../binding/bindings.ts';

export type ExportPorts = { readonly journal: Journal; readonly clock: Clock; readonly actor: Actor; readonly newId: () => string };

export function recordExport({ journal, clock, actor, newId }: ExportPorts, connection: ConnectionProfile, { rows, to }: { readonly rows: number; readonly to: string }): void {
  const target = { connection: connection.id, environment: connection.environment, address: describeTarget(connection) };
  void journal.outcome({ kind: 'export', run: newId(), time: clock.now(), actor, target, rows, to });
}

/** The connection of a document now. */
export function connectionOf(bindings: Bindings, document: string): ConnectionProfile | undefined {
  const binding = bindings.of(Uri.parse(document, true));
  return binding?.kind === 'bound' ? binding.profile : undefined;
}
