/** Notices an endpoint that takes nothing while another one does: then it is not the line of this machine. */
import type { Clock } from '../../../app/ports.ts';

export type Attempts = {
  readonly name: string;
  /** Since when it takes nothing; absent while it does. */
  readonly failingSince?: number;
};

export interface SilenceWatch {
  /** Looks again, now and every half minute. */
  look(): void;
  close(): void;
}

const lookMs = 30_000;

/** @param onSilent - called once for each silence of an endpoint */
export function watchSilence(attempts: () => readonly Attempts[], { clock, silentMs, onSilent }: { readonly clock: Clock; readonly silentMs: number; readonly onSilent: (name: string, since: number) => void }): SilenceWatch {
  const told = new Set<string>();
  let stopTimer: () => void = () => undefined;
  const look = (): void => {
    const now = clock.now();
    const all = attempts();
    const someoneTakes = all.some(({ failingSince }) => failingSince === undefined);
    for (const { name, failingSince } of all) {
      if (failingSince === undefined) told.delete(name);
      else if (someoneTakes && now - failingSince >= silentMs && !told.has(name)) {
        told.add(name);
        onSilent(name, failingSince);
      }
    }
  };
  const again = (): void => {
    stopTimer = clock.after(lookMs, () => {
      look();
      again();
    });
  };
  again();
  return { look, close: () => stopTimer() };
}
