/** The review of a change at a terminal: shows it, and asks for the same consent as the panel does. */
import type { Consent, Review, ReviewRequest, Reviewer } from '../../app/ports.ts';
import { visible } from '../visible.ts';
import type { ShownChange } from './collect.ts';
import { changeAsText, noticeAsText } from './textReport.ts';
import type { Terminal } from './terminal.ts';

export interface TerminalReviewer extends Reviewer {
  /** The change that was shown; absent when the run came to none. */
  readonly shown: ShownChange | undefined;
}

/**
 * @param terminal - absent where nobody sits: then every change is shown and rolled back
 * @param show - writes for the person, away from the document on standard output
 */
export function createTerminalReviewer(terminal: Terminal | undefined, show: (text: string) => void): TerminalReviewer {
  let shown: ShownChange | undefined;
  return {
    get shown() {
      return shown;
    },
    open(request) {
      const change: ShownChange = { preview: request.preview, images: [] };
      shown = change;
      return createReview(request, change, terminal, show);
    },
  };
}

function createReview(request: ReviewRequest, change: ShownChange, terminal: Terminal | undefined, show: (text: string) => void): Review {
  const over = new AbortController();
  const images = signal();
  const undo = signal();
  return {
    // Nobody decides about rows that are not on screen, not even that they are to go: they are part of what is printed.
    async decision() {
      await Promise.all([images.given, undo.given]);
      return terminal ? await ask(terminal, request, over.signal) : declined;
    },
    images(read) {
      change.images = read;
      if (terminal) show(`\n${changeAsText(change)}`);
      images.give();
    },
    undo(notice) {
      change.undo = notice;
      if (terminal) show(`${noticeAsText(notice)}\n`);
      undo.give();
    },
    refuse: (message) => show(`${message}\n`),
    committing: () => show('Committing …\n'),
    end: () => over.abort(),
  };
}

/** Given once. Node 20 has no `Promise.withResolvers`. */
function signal(): { readonly given: Promise<void>; give(): void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

const declined: Consent = { kind: 'roll-back', why: 'declined' };

async function ask(terminal: Terminal, { connection, phrase, preview }: ReviewRequest, signal: AbortSignal): Promise<Consent> {
  const wanted = phrase ?? 'commit';
  const until = new Date(preview.expiresAt).toLocaleTimeString();
  const question = `\nNot final yet on ${visible(connection.name)} (${connection.environment}). Type “${visible(wanted)}” to commit; anything else rolls back, and so does waiting until ${until}: `;
  try {
    const typed = await terminal.ask(question, signal);
    return typed === wanted ? { kind: 'commit', typed } : declined;
  } catch {
    // The change ended while the question was open; whoever ended it says how.
    return declined;
  }
}
