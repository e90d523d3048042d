/** Records beyond this machine: what the settings ask for, and the door to it for the journal. */
import { commands, workspace } from 'vscode';
import type { Disposable, ExtensionContext } from 'vscode';
import { noEndpoint, type Receipts } from '../../../adapters/audit/journal.ts';
import type { Spool } from '../../../adapters/audit/spool/spool.ts';
import type { TeamInForce } from '../../../app/approvalPorts.ts';
import type { Clock } from '../../../app/ports.ts';
import { parseEndpoints, type ParsedEndpoints } from '../../../core/audit/endpoints.ts';
import { loadAuditFeature } from '../../lazy.ts';
import type { RunningDelivery } from './auditFeature.ts';

export type AuditPorts = { readonly spool: Spool; /** The spool's folder. */ readonly folder: string; readonly clock: Clock; /** Whom the log of a Countersign server takes records from; nobody when absent. */ readonly team?: TeamInForce };

export interface Audit {
  /** What policy says right now about records on other machines. */
  receipts(): Receipts;
  close(): Promise<void>;
}

/** How long a write waits for its record to be received. */
const receiptMs = 10_000;

export function registerAudit(context: ExtensionContext, ports: AuditPorts): Audit {
  let delivery: Promise<RunningDelivery> | undefined;
  const start = async (): Promise<void> => {
    const former = delivery;
    const { endpoints } = readEndpoints();
    delivery = endpoints.length === 0 ? undefined : loadAuditFeature().then((feature) => feature.startEndpoints(context, ports, endpoints));
    await (await former)?.close();
  };
  void start();
  context.subscriptions.push(
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign.audit.endpoints')) void start();
    }),
    command('countersign.storeEndpointSecret', async (feature) => {
      if (await feature.storeSecret(context, readEndpoints().endpoints)) await start();
    }),
    command('countersign.verifyRecords', async (feature) => await feature.verifyRecords(ports.folder)),
  );
  return {
    receipts() {
      if (workspace.getConfiguration('countersign').inspect<boolean>('audit.required')?.globalValue !== true) return { kind: 'not-required' };
      const { problems } = readEndpoints();
      const current = delivery;
      // Of a list that is partly wrong nobody knows what was meant.
      if (!current || problems.length > 0) return { kind: 'impossible', why: noEndpoint };
      return { kind: 'required', waitFor: async (event) => await (await current).delivery.waitFor(event, receiptMs) };
    },
    async close() {
      await (await delivery)?.close();
    },
  };
}

/** The person's own settings only: a repository must not say where records go. */
function readEndpoints(): ParsedEndpoints {
  return parseEndpoints(workspace.getConfiguration('countersign').inspect<unknown>('audit.endpoints')?.globalValue);
}

function command(name: string, run: (feature: Awaited<ReturnType<typeof loadAuditFeature>>) => Promise<void>): Disposable {
  return commands.registerCommand(name, async () => await run(await loadAuditFeature()));
}
