/** One item in the status bar while something waits: for this person, or of this person. */
import { StatusBarAlignment, window } from 'vscode';
import type { Disposable } from 'vscode';
import { shortName } from '../../shortName.ts';
import { alarm } from '../colours/alarm.ts';

export interface WaitingStatus extends Disposable {
  /** @param forMe - requests that wait for this person; @param mine - connections of one's own that wait; @param unreviewed - of one's own commits without others */
  show(forMe: number, mine: readonly string[], unreviewed: number): void;
}

export function createWaitingStatus(): WaitingStatus {
  const item = window.createStatusBarItem('countersign.confirmations', StatusBarAlignment.Left, 89);
  item.name = 'Countersign: Confirmations';
  item.command = 'countersign.confirmations.focus';
  return {
    show(forMe, mine, unreviewed) {
      const waiting = mine.length;
      if (forMe + waiting + unreviewed === 0) return item.hide();
      const where = waiting === 1 && mine[0] !== undefined ? ` on ${mine[0]}` : '';
      item.text = forMe + waiting === 0 ? `$(flame) ${String(unreviewed)} not reviewed` : forMe > 0 ? `$(bell-dot) ${String(forMe)} to confirm${waiting === 0 ? '' : `, ${String(waiting)} waiting`}` : `$(watch) ${waiting === 1 ? `Waiting for confirmation${shortName(where, 32)}` : `${String(waiting)} waiting for confirmation`}`;
      // Somebody waits for this person; one's own waiting needs nobody's eye.
      item.backgroundColor = undefined;
      item.color = undefined;
      if (forMe > 0) alarm(item, 'warning', 'countersign.changed');
      item.tooltip = [forMe === 0 ? undefined : 'Others ask you to confirm changes.', waiting === 0 ? undefined : `You asked others to confirm${mine.length === 0 ? '' : ` on ${[...new Set(mine)].join(', ')}`}. What they approve runs by itself.`, unreviewed === 0 ? undefined : `${unreviewed === 1 ? 'One change' : `${String(unreviewed)} changes`} of yours went without confirmation, and nobody has reviewed ${unreviewed === 1 ? 'it' : 'them'} yet.`, 'Click for Confirmations.'].filter((part) => part !== undefined).join('\n');
      const parts = [forMe === 0 ? undefined : `${String(forMe)} ${forMe === 1 ? 'change' : 'changes'} to confirm`, waiting === 0 ? undefined : `${String(waiting)} waiting for confirmation${where}`, unreviewed === 0 ? undefined : `${String(unreviewed)} committed and not reviewed`].filter((part) => part !== undefined);
      item.accessibilityInformation = { label: `${parts.join(', ')}. Activate to show them.`, role: 'button' };
      item.show();
    },
    dispose: () => item.dispose(),
  };
}
