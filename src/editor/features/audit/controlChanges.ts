/** Records changes of what decides what may happen: connections, and the person's own settings about access and records. */
import { Disposable, workspace } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { describeProfileChanges, describeSettingChanges, type SettingValues } from '../../../core/audit/controlChanges.ts';
import type { ControlRecord } from '../../../core/audit/record.ts';
import { describeTarget, type ConnectionProfile } from '../../../core/profile/connection.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import type { AuditPorts } from './audit.ts';

/** Says that a control was changed; for every feature that lets somebody change one. Never rejects. */
export type RecordControl = (kind: ControlRecord['kind'], changes: readonly string[], connection?: ConnectionProfile) => Promise<void>;

export function createRecordControl({ note, clock, actor, newRun }: Pick<AuditPorts, 'note' | 'clock' | 'actor' | 'newRun'>): RecordControl {
  return async (kind, changes, connection) => await note({ kind, run: newRun(), time: clock.now(), actor, changes, ...(connection ? { target: targetOf(connection) } : {}) });
}

function targetOf(profile: ConnectionProfile): NonNullable<ControlRecord['target']> {
  return { connection: profile.id, environment: profile.environment, address: describeTarget(profile) };
}

export function watchControls({ extension }: Pick<ExtensionContext, 'extension'>, catalogue: Pick<ConnectionCatalogue, 'all' | 'onDidChange'>, record: RecordControl): Disposable {
  const names = protectingSettings(extension.packageJSON);
  let profiles = catalogue.all();
  // Looking at each of them takes longer than everything else at the start together.
  let settings: SettingValues | undefined;
  const timer = setTimeout(() => (settings ??= valuesOf(names)), 0);
  return Disposable.from(
    { dispose: () => clearTimeout(timer) },
    catalogue.onDidChange(() => {
      const former = profiles;
      profiles = catalogue.all();
      if (former === profiles) return;
      for (const { profile, changes } of describeProfileChanges(former, profiles)) void record('profile-changed', changes, profile);
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('countersign')) return;
      const former = settings;
      settings = valuesOf(names);
      const changes = former ? describeSettingChanges(former, settings) : names.filter((name) => event.affectsConfiguration(name)).map((name) => `${name}: changed while the window was starting`);
      if (changes.length > 0) void record('settings-changed', changes);
    }),
  );
}

/** Connections and endpoints have records of their own; what only changes how things look has none. */
const apart = /^countersign\.(?:editor\..*|connections|audit\.endpoints|audit\.required)$/u;

function protectingSettings(manifest: unknown): readonly string[] {
  const { contributes } = manifest as { readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string }>> } } };
  return Object.entries(contributes.configuration.properties).flatMap(([name, { scope }]) => (scope === 'application' && !apart.test(name) ? [name] : []));
}

function valuesOf(names: readonly string[]): SettingValues {
  const configuration = workspace.getConfiguration();
  return Object.fromEntries(names.map((name) => [name, configuration.inspect<unknown>(name)?.globalValue]));
}
