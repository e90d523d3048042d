/** Puts the extension together: adapters first, then the features that use them. Nothing heavy is loaded here. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { version, window } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { currentActor } from './adapters/actor.ts';
import { createJournal, type SpooledJournal } from './adapters/audit/journal.ts';
import { createSpoolOnDemand } from './adapters/audit/spool/spoolOnDemand.ts';
import { createClock } from './adapters/clock.ts';
import { createAccessControl } from './editor/features/access/accessControl.ts';
import { registerActivity } from './editor/features/activity/activity.ts';
import { registerAudit, type RecordsTeam } from './editor/features/audit/audit.ts';
import { recordedSql } from './editor/features/audit/auditSettings.ts';
import { lastRecorded, rememberLast } from './editor/features/audit/lastRecorded.ts';
import { createRecordControl, watchControls } from './editor/features/audit/controlChanges.ts';
import { registerBinding } from './editor/features/binding/binding.ts';
import { registerColours } from './editor/features/colours/colours.ts';
import { registerConfirmations } from './editor/features/confirmations/confirmations.ts';
import { createConnectionCatalogue } from './editor/features/connections/connectionCatalogue.ts';
import { registerConnections } from './editor/features/connections/registerConnections.ts';
import { registerRisks } from './editor/features/risks/risks.ts';
import { registerRun } from './editor/features/run/run.ts';
import { registerTeam } from './editor/features/team/team.ts';

let leave: (() => Promise<void>) | undefined;

export function activate(context: ExtensionContext): void {
  const clock = createClock();
  const actor = currentActor();
  const folder = path.join(context.globalStorageUri.fsPath, 'audit');
  const spool = createSpoolOnDemand({ folder, clock, start: () => ({ time: clock.now(), actor, app: appOf(context) }), expected: () => lastRecorded(context.globalState, folder) });
  context.subscriptions.push({ dispose: rememberLast(context.globalState, folder, { spool, clock }) });
  const note: SpooledJournal['note'] = async (record) => await journal.note(record);
  const audit = registerAudit(context, { spool, folder, clock, actor, newRun: randomUUID, note, team: async () => await logTeam() });
  registerActivity(context, { spool, folder, clock, actor, team: async () => await logTeam() });
  const journal = createJournal({ spool, clock, facts: { app: appOf(context) }, sql: recordedSql, receipts: audit.receipts, onTrouble: (message) => void window.showErrorMessage(message) });
  const catalogue = createConnectionCatalogue(context);
  const record = createRecordControl({ note, clock, actor, newRun: randomUUID });
  context.subscriptions.push(watchControls(context, catalogue, record));
  const access = createAccessControl(context, { catalogue, clock, journal, actor, newRun: randomUUID });
  registerConnections(context, { catalogue, access, clock, actor });
  const teams = registerTeam(context, { catalogue, clock, record });
  const logTeam = async (): Promise<RecordsTeam> => {
    const { team, pins } = await teams.confirmation();
    return { team, files: pins.chain };
  };
  const bindings = registerBinding(context, catalogue);
  const lenses = registerColours(context, bindings, access);
  registerRisks(context, { bindings, catalogue, lenses });
  const requests = registerConfirmations(context, { teams, catalogue, clock, records: folder, runs: async () => (await runs.feature()).requestRuns, panels: () => runs.loaded()?.requestRuns });
  const runs = registerRun(context, { extensionUri: context.extensionUri, catalogue, access, bindings, journal, clock, actor, newId: randomUUID, storage: context, records: folder, teams, requests });
  leave = async () => {
    await runs.finish();
    await teams.close();
    await journal.flush();
    await audit.close();
    await spool.close();
  };
}

/** The editor waits for this before it ends the extension: open changes are rolled back, lines closed, records written. */
export async function deactivate(): Promise<void> {
  await leave?.();
}

function appOf(context: ExtensionContext): Readonly<Record<string, string>> {
  return { version: (context.extension.packageJSON as { version: string }).version, vscode: version };
}
