/** Records beyond this machine: what the settings ask for, and the door to it for the journal. */
import { commands, window, workspace } from 'vscode';
import type { Disposable, ExtensionContext } from 'vscode';
import { noEndpoint, type Receipts, type SpooledJournal } from '../../../adapters/audit/journal.ts';
import type { LogTeam } from '../../../adapters/audit/delivery/logMember.ts';
import type { Spool } from '../../../adapters/audit/spool/spool.ts';
import { startUpkeep } from '../../../adapters/audit/spool/upkeep.ts';
import type { Clock } from '../../../app/ports.ts';
import type { Actor } from '../../../core/audit/record.ts';
import { toFailure } from '../../../core/errors.ts';
import { loadAuditFeature } from '../../lazy.ts';
import { plainText } from '../../plainText.ts';
import { canGiveReceipts, deliverySettings, recordsPolicy, spoolBounds, type RecordsPolicy } from './auditSettings.ts';
import type { RunningDelivery } from './auditFeature.ts';
import { describePolicyChange, readLastPolicy, rememberPolicy } from './policyChange.ts';

export type RecordsTeam = LogTeam & { readonly team: { /** Whether its signed file lets no change be made before its record is received elsewhere. */ demandsReceipts(): Promise<boolean> } };

export type AuditPorts = {
  readonly spool: Spool;
  /** The spool's folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly actor: Actor;
  readonly newRun: () => string;
  readonly note: SpooledJournal['note'];
  /** Whom the log of a Countersign server takes records from; nobody when absent. */
  readonly team?: () => Promise<RecordsTeam>;
};

export interface Audit {
  /** What policy says right now about records on other machines. */
  receipts(demand: 'spool' | 'receipt'): Promise<Receipts>;
  close(): Promise<void>;
}

/** How long a write waits for its record to be received, and a change of the endpoints for the old ones to learn of it. */
const receiptMs = 10_000;

export function registerAudit(context: ExtensionContext, ports: AuditPorts): Audit {
  /** What holds: changed only after the endpoints that held before were told, or could not be. */
  let inForce: RecordsPolicy = readLastPolicy(context.globalState);
  let running: Promise<RunningDelivery> | undefined;
  let applying: Promise<void> = Promise.resolve();
  const upkeep = startUpkeep({ ...ports, keepers: async () => (await running?.catch(() => undefined))?.delivery.keepers ?? [], bounds: spoolBounds });

  const start = (policy: RecordsPolicy): typeof running => {
    if (policy.endpoints.length === 0) return undefined;
    const starting = loadAuditFeature().then((feature) => feature.startEndpoints(context, { ...ports, delivered: upkeep.delivered }, policy.endpoints));
    // Whoever needs a receipt meets the same failure, and is refused.
    starting.catch((thrown: unknown) => void window.showErrorMessage(plainText(`Records stay on this machine and reach no endpoint. ${toFailure(thrown).message}`)));
    return starting;
  };

  const stop = async (): Promise<void> => {
    const former = running;
    running = undefined;
    await (await former?.catch(() => undefined))?.close();
  };

  const apply = async (): Promise<void> => {
    const wanted = recordsPolicy();
    const changes = describePolicyChange(inForce, wanted);
    if (changes.length > 0) {
      running ??= start(inForce);
      await ports.note({ kind: 'endpoints-changed', run: ports.newRun(), time: ports.clock.now(), actor: ports.actor, changes });
      const { head } = ports.spool;
      // Who no longer gets records must at least learn that; and who cannot be reached must not keep the old ones for ever.
      if (head) await (await running?.catch(() => undefined))?.delivery.waitFor(head, receiptMs).catch(() => undefined);
    }
    await stop();
    inForce = wanted;
    rememberPolicy(context.globalState, wanted);
    running = start(wanted);
  };
  const applySoon = (): void => {
    applying = applying.then(apply).catch((error: unknown) => void window.showErrorMessage(plainText(`Records: ${error instanceof Error ? error.message : String(error)}`)));
  };
  applySoon();
  const demandedByTeam = async (): Promise<boolean> => (await (await ports.team?.())?.team.demandsReceipts()) ?? false;

  context.subscriptions.push(
    { dispose: () => upkeep.close() },
    workspace.onDidChangeConfiguration((event) => {
      if (deliverySettings.some((name) => event.affectsConfiguration(`countersign.${name}`))) applySoon();
    }),
    command('countersign.storeEndpointSecret', async (feature) => {
      if (await feature.storeSecret(context, recordsPolicy().endpoints)) applySoon();
    }),
    command('countersign.verifyRecords', async (feature) => await feature.verifyRecords(ports.folder)),
  );
  return {
    async receipts(demand) {
      // Asked for just now and not in force yet, it counts already: stricter never waits.
      if (demand === 'spool' && !inForce.required && !recordsPolicy().required && !(await demandedByTeam())) return { kind: 'not-required' };
      const current = running;
      if (!current || !canGiveReceipts(inForce) || !canGiveReceipts(recordsPolicy())) return { kind: 'impossible', why: noEndpoint };
      const full = upkeep.whyFull();
      if (full !== undefined) return { kind: 'impossible', why: full };
      return { kind: 'required', waitFor: async (event) => await (await current).delivery.waitFor(event, receiptMs) };
    },
    async close() {
      await applying;
      await stop();
    },
  };
}

function command(name: string, run: (feature: Awaited<ReturnType<typeof loadAuditFeature>>) => Promise<void>): Disposable {
  return commands.registerCommand(name, async () => await run(await loadAuditFeature()));
}
