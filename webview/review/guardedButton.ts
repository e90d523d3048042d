/** The button of a form that sends what cannot be taken back: it works only when it stood there long enough to be meant. */
import type { Button } from '../lib/controls.ts';
import { createPressGuard, pressGuardMs } from './confirm.ts';

export type GuardedButton = {
  /** @param isComplete - whether everything the form wants is there */
  paint(isComplete: boolean): void;
  /** Whether a press now was meant for it. */
  isReady(): boolean;
};

/**
 * A press so soon after the form opened, or became complete, was meant for something else; a key that is held down presses again and again.
 *
 * @param repaint - paints the form, when the time is over
 */
export function guardButton(button: Button, repaint: () => void): GuardedButton {
  const guard = createPressGuard(() => performance.now());
  let waking: number | undefined;
  button.element.addEventListener('keydown', (event) => {
    if ((event.key === 'Enter' || event.key === ' ') && event.repeat) event.preventDefault();
  });
  return {
    paint(isComplete) {
      guard.setAlive(isComplete);
      const isReady = isComplete && !guard.isTooEarly();
      if (isComplete && !isReady) {
        waking ??= window.setTimeout(() => {
          waking = undefined;
          repaint();
        }, pressGuardMs);
      }
      button.setEnabled(isReady);
    },
    isReady: () => button.isEnabled() && !guard.isTooEarly(),
  };
}
