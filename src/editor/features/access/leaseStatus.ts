/** The countdown in the status bar while writes are allowed somewhere. */
import { Disposable, StatusBarAlignment, ThemeColor, window } from 'vscode';
import type { Event, StatusBarItem } from 'vscode';
import type { Leases } from '../../../app/elevate.ts';
import type { Clock } from '../../../app/ports.ts';
import { formatRemaining } from '../../../core/policy/accessLease.ts';
import type { WriteLease } from '../../../core/policy/accessLease.ts';
import type { ConnectionId } from '../../../core/profile/connection.ts';
import { shortName } from '../../shortName.ts';

export type LeaseStatusOptions = {
  readonly leases: Pick<Leases, 'all'>;
  readonly clock: Clock;
  readonly nameOf: (id: ConnectionId) => string;
  readonly onDidChange: Event<void>;
};

export function createLeaseStatus({ leases, clock, nameOf, onDidChange }: LeaseStatusOptions): Disposable {
  const item = window.createStatusBarItem('countersign.lease', StatusBarAlignment.Left, 90);
  item.name = 'Countersign: Writes Allowed';
  item.backgroundColor = new ThemeColor('statusBarItem.warningBackground');
  item.command = 'countersign.endElevation';
  let stopTicking: (() => void) | undefined;

  const tick = (): void => {
    stopTicking?.();
    stopTicking = undefined;
    const running = leases.all().toSorted((a, b) => a.expiresAt - b.expiresAt);
    if (running.length === 0) {
      item.hide();
      return;
    }
    show(item, running.map((lease) => ({ lease, name: nameOf(lease.connection), remaining: formatRemaining(lease, clock.now()) })));
    stopTicking = clock.after(1000, tick);
  };
  tick();
  return Disposable.from(item, onDidChange(tick), { dispose: () => stopTicking?.() });
}

type Shown = { readonly lease: WriteLease; readonly name: string; readonly remaining: string };

function show(item: StatusBarItem, [first, ...others]: readonly Shown[]): void {
  if (!first) return;
  const more = others.length === 0 ? '' : ` +${String(others.length)}`;
  item.text = `$(unlock) Writes on ${shortName(first.name)} ${first.remaining}${more}`;
  item.tooltip = [first, ...others].map(({ name, remaining, lease }) => `Writes on ${name} are allowed for ${remaining}: ${lease.reason}`).concat('Click to end it now.').join('\n');
  item.accessibilityInformation = { label: `Writes on ${first.name} are allowed for ${first.remaining} minutes. Activate to end it now.`, role: 'button' };
  item.show();
}
