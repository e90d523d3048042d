/** Sends records to the endpoints of the settings, shows when one does not take them, and checks the local ones. */
import { StatusBarAlignment, ThemeColor, window } from 'vscode';
import type { ExtensionContext, StatusBarItem } from 'vscode';
import { createEndpoint } from '../../../adapters/audit/delivery/createEndpoint.ts';
import { logMemberOf } from '../../../adapters/audit/delivery/logMember.ts';
import { startDelivery, type Delivery } from '../../../adapters/audit/delivery/delivery.ts';
import type { EndpointStatus } from '../../../adapters/audit/delivery/worker.ts';
import { verifyKept } from '../../../adapters/audit/verifyKept.ts';
import { listStreams, readStream } from '../../../adapters/audit/spool/streams.ts';
import { epochMs } from '../../../core/brand.ts';
import type { EndpointProfile } from '../../../core/audit/endpoints.ts';
import { verifySpool } from '../../../core/audit/verifySpool.ts';
import { plainText } from '../../plainText.ts';
import type { AuditPorts } from './audit.ts';
import { alertRules, silentMs } from './auditSettings.ts';

export type RunningDelivery = { readonly delivery: Delivery; close(): Promise<void> };

/** `delivered`: told whenever an endpoint took something, or did not. */
export type DeliveryPorts = AuditPorts & { readonly delivered: () => void };

const secretPrefix = 'countersign.endpoint/';

export async function startEndpoints(context: ExtensionContext, { spool, folder, clock, team, actor, note, delivered }: DeliveryPorts, profiles: readonly EndpointProfile[]): Promise<RunningDelivery> {
  const { version } = context.extension.packageJSON as { version: string };
  const secret = async (name: string): Promise<string | undefined> => await context.secrets.get(secretPrefix + name);
  const log = {
    folder,
    member: async () => (team === undefined ? undefined : await logMemberOf(await team())),
    onAlarm: (message: string, endpoint: string) => {
      void note({ kind: 'log-untrusted', time: clock.now(), actor, endpoint, reason: message });
      void window.showErrorMessage(plainText(message), { modal: true });
    },
  };
  const { rules, problems } = alertRules();
  const endpoints = await Promise.all(profiles.map(async (profile) => await createEndpoint(profile, { clock, version, secret, rules, log })));
  for (const problem of problems) void window.showWarningMessage(plainText(`Records: ${problem}`));
  const item = window.createStatusBarItem('countersign.records', StatusBarAlignment.Right, 0);
  item.name = 'Countersign: Records';
  item.command = 'countersign.verifyRecords';
  const delivery = await startDelivery({
    folder,
    spool,
    endpoints,
    clock,
    random: Math.random,
    onStatus: (status) => {
      show(item, status);
      delivered();
    },
    silentMs: silentMs(),
    onSilent: (name, since) => {
      void note({ kind: 'endpoint-silent', time: clock.now(), actor, endpoint: name, since: epochMs(since) });
      void window.showWarningMessage(plainText(`Records have not reached “${name}” since ${new Date(since).toLocaleTimeString()}, while other endpoints take them. They are kept here and tried again.`));
    },
  });
  return {
    delivery,
    async close() {
      item.dispose();
      await delivery.close();
    },
  };
}

/** Nothing to see while all is well. */
function show(item: StatusBarItem, status: readonly EndpointStatus[]): void {
  const troubled = status.filter(({ trouble }) => trouble !== undefined);
  if (troubled.length === 0) {
    item.hide();
    return;
  }
  item.text = `$(cloud-upload) Records wait for ${troubled.map(({ name }) => name).join(', ')}`;
  item.tooltip = troubled.map(({ name, behind, trouble }) => `${name}: ${String(behind)} records not received yet (${trouble ?? ''}). They are kept here and tried again.`).join('\n');
  item.backgroundColor = new ThemeColor('statusBarItem.warningBackground');
  item.show();
}

/** @returns true when a secret was stored */
export async function storeSecret(context: ExtensionContext, endpoints: readonly EndpointProfile[]): Promise<boolean> {
  if (endpoints.length === 0) {
    void window.showInformationMessage('No endpoint is set up yet. Add one in the setting countersign.audit.endpoints first.');
    return false;
  }
  const items = endpoints.filter(({ kind }) => wanted[kind] !== undefined).map(({ name, kind }) => ({ label: name, description: wanted[kind] ?? kind }));
  const picked = await window.showQuickPick(items, { title: 'Secret of a Record Endpoint', placeHolder: 'Whose secret?' });
  if (!picked) return false;
  const value = await window.showInputBox({ title: picked.label, prompt: `${picked.description}. Kept in VS Code's secret storage.`, password: true, ignoreFocusOut: true });
  if (value === undefined || value === '') return false;
  await context.secrets.store(secretPrefix + picked.label, value);
  return true;
}

const wanted: Readonly<Record<string, string>> = { webhook: 'The key both sides sign with', alerts: 'The key both sides sign with', otlp: 'The value of the Authorization header', slack: 'The address of the Slack webhook' };

export async function verifyRecords(folder: string): Promise<void> {
  const streams = await Promise.all((await listStreams(folder)).toSorted().map(async (stream) => await readStream(folder, stream)));
  const findings = [...verifySpool(streams).map(({ stream, ...finding }) => ({ where: stream, ...finding })), ...(await verifyKept(folder, streams))].filter(({ suspicious }) => suspicious);
  const events = streams.reduce((sum, stream) => sum + stream.events.length, 0);
  const counted = `${String(events)} records of ${String(streams.length)} windows`;
  if (findings.length === 0) {
    void window.showInformationMessage(plainText(`${counted}: every chain is whole.`));
    return;
  }
  const detail = findings.map(({ where, message }) => `${where}: ${message}`).join('\n');
  void window.showErrorMessage(plainText(`${counted}: ${String(findings.length)} things are wrong. Keep the folder as it is, and compare with what your endpoints received.`), { modal: true, detail });
}
