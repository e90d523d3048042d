/** The review of a change at a terminal: shows it, and asks for the same consent as the panel does. */
import type { Consent, CostlyRequest, IrreversibleRequest, Review, ReviewRequest, Reviewer } from '../../app/ports.ts';
import { groupDigits } from '../../core/effect/describe.ts';
import type { Inspection } from '../../core/effect/inspection.ts';
import { visible } from '../visible.ts';
import type { ShownChange } from './collect.ts';
import { changeAsText, inspectionAsText, noticeAsText } from './textReport.ts';
import type { Terminal } from './terminal.ts';

export interface TerminalReviewer extends Reviewer {
  /** The change that was shown; absent when the run came to none. */
  readonly shown: ShownChange | undefined;
  /** Row changes the server expected of a change that was not run because of them. */
  readonly tooCostly: number | undefined;
  /** What was known about a statement that would have been final at once. */
  readonly inspected: Inspection | undefined;
}

/**
 * @param terminal - absent where nobody sits: then every change is shown and rolled back
 * @param show - writes for the person, away from the document on standard output
 */
export function createTerminalReviewer(terminal: Terminal | undefined, show: (text: string) => void): TerminalReviewer {
  let shown: ShownChange | undefined;
  let inspected: Inspection | undefined;
  let tooCostly: number | undefined;
  return {
    get shown() {
      return shown;
    },
    get tooCostly() {
      return tooCostly;
    },
    get inspected() {
      return inspected;
    },
    ask(request) {
      inspected = request.inspection;
      return createIrreversibleReview(request, terminal, show);
    },
    async worthIt(request, signal) {
      const isWorth = terminal !== undefined && (await askWorth(request, terminal, signal));
      if (!isWorth) tooCostly = request.expectedRows;
      return isWorth;
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
      return terminal ? await ask(terminal, questionOf(request), request.phrase ?? 'commit', over.signal) : declined;
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

/** Consent to what nothing has run of yet. */
function createIrreversibleReview({ connection, inspection, phrase }: IrreversibleRequest, terminal: Terminal | undefined, show: (text: string) => void): Review {
  const over = new AbortController();
  if (terminal) show(`\n${inspectionAsText(inspection)}`);
  const question = `\nNothing ran yet on ${visible(connection.name)} (${connection.environment}), and this cannot be rolled back. Type “${visible(phrase)}” to run it; anything else does not: `;
  return {
    decision: async () => (terminal ? await ask(terminal, question, phrase, over.signal) : declined),
    images: () => undefined,
    refuse: (message) => show(`${message}\n`),
    committing: () => show('Running …\n'),
    end: () => over.abort(),
  };
}

async function askWorth({ expectedRows, connection }: CostlyRequest, terminal: Terminal, signal: AbortSignal): Promise<boolean> {
  const rows = groupDigits(expectedRows);
  const question = `The server expects about ${rows} row changes. To show them ${visible(connection.name)} has to make them first, and a rollback costs it as much again. Type “run” to go on: `;
  try {
    return (await terminal.ask(question, signal)) === 'run';
  } catch {
    // Stopped while the question was open.
    return false;
  }
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

function questionOf({ connection, phrase, preview, basis }: ReviewRequest): string {
  const until = new Date(preview.expiresAt).toLocaleTimeString();
  const name = `${visible(connection.name)} (${connection.environment})`;
  const tried = preview.definition?.onCopy === true ? 'Tried on an empty copy of the table, which is big,' : 'Tried and rolled back';
  const again = preview.definition?.onCopy === true ? 'run it' : 'run it again';
  const state = basis === 'rehearsed' ? `${tried} on ${name}. Type “${visible(phrase ?? 'commit')}” to ${again} and commit if it does the same` : `Not final yet on ${name}. Type “${visible(phrase ?? 'commit')}” to commit`;
  return `\n${state}; anything else rolls back, and so does waiting until ${until}: `;
}

async function ask(terminal: Terminal, question: string, wanted: string, signal: AbortSignal): Promise<Consent> {
  try {
    const typed = await terminal.ask(question, signal);
    return typed === wanted ? { kind: 'commit', typed } : declined;
  } catch {
    // The change ended while the question was open; whoever ended it says how.
    return declined;
  }
}
