/** How a run ended, in words: what happened, what it means for the data, what to do next. */
import { describeTotal, rows } from './effect/describe.ts';
import type { Preview } from './effect/preview.ts';
import type { Outcome, RollbackReason } from './outcome.ts';
import { unreachable } from './unreachable.ts';

export type OutcomeText = { readonly level: 'info' | 'warning' | 'error'; readonly title: string; readonly text: string };

/** @param name - of the connection */
export function describeOutcome(outcome: Outcome, name: string): OutcomeText {
  switch (outcome.kind) {
    case 'read':
      return { level: 'info', title: `Read ${rows(outcome.rows)}`, text: 'Nothing was changed.' };
    case 'committed':
      return { level: 'info', title: 'Committed', text: committedText(outcome.preview, name) };
    case 'rolled-back':
      return { level: isOwnWish(outcome.why) ? 'info' : 'warning', ...rolledBackText(outcome, name) };
    case 'refused':
      return { level: 'warning', title: 'Not run', text: outcome.reasons.map(({ message }) => message).join('\n') };
    case 'awaiting-confirmation':
      if (outcome.emergency) return { level: 'info', title: 'Waiting for your own signature', text: `Nothing was changed on ${name} and nothing is open. When you have signed it, it runs again, and is committed only if it does exactly what was shown.` };
      return { level: 'info', title: 'Waiting for another person to confirm', text: awaitingText(outcome, name) };
    case 'cancelled':
      return { level: 'info', title: 'Cancelled', text: outcome.sent === false ? 'It was not run. Nothing was changed.' : 'The server stopped. Nothing was changed.' };
    case 'failed':
      return { level: 'error', title: outcome.failure.message, text: failedText(outcome.failure.detail, outcome.failure.hint) };
    case 'in-doubt':
      return {
        level: 'error',
        title: 'Nobody knows yet whether this was committed',
        text: doubtText(outcome, name),
      };
    default:
      return unreachable(outcome);
  }
}

function committedText(preview: Preview | undefined, name: string): string {
  if (!preview || preview.effects.length === 0) return `It is final on ${name}.`;
  return `${describeTotal(preview.effects)} changed on ${name}. It is final.`;
}

function awaitingText({ link, problem }: Extract<Outcome, { kind: 'awaiting-confirmation' }>, name: string): string {
  const nothing = `Nothing was changed on ${name} and nothing is open.`;
  if (link !== undefined) return `${nothing} When it is approved it runs again, and is committed only if it does exactly what was shown.`;
  return `${nothing} No server has the request${problem === undefined ? '' : ` (${problem})`}: copy it as a text, give it to whoever is to confirm it, and enter their answer.`;
}

/** What the person asked for needs no warning. */
function isOwnWish(why: RollbackReason): boolean {
  return why === 'declined' || why === 'cancelled';
}

function doubtText({ preview, transactionId }: Extract<Outcome, { kind: 'in-doubt' }>, name: string): string {
  if (!preview) return `The line to ${name} broke while the statement ran, and it needs no COMMIT to be final. Look whether it took effect before you run anything again.`;
  const ask = transactionId === undefined ? '.' : `; the server can tell with: SELECT pg_xact_status('${transactionId}')`;
  return `The line to ${name} broke while COMMIT was on its way, and the server could not be asked what became of it. Look at the data before you run anything again${ask}`;
}

function rolledBackText({ why, differences = [] }: Extract<Outcome, { kind: 'rolled-back' }>, name: string): { readonly title: string; readonly text: string } {
  const unchanged = `Nothing was changed on ${name}.`;
  switch (why) {
    case 'declined':
      return { title: 'Rolled back', text: unchanged };
    case 'expired':
    case 'server-timeout':
      return { title: 'Rolled back: nobody decided in time', text: `${unchanged} Run it again when you are ready to decide.` };
    case 'cancelled':
      return { title: 'Rolled back: the run was cancelled', text: unchanged };
    case 'closed':
      return { title: 'Rolled back: the document or the review was closed', text: `${unchanged} Run it again to see the change again.` };
    case 'connection-lost':
      return { title: 'Rolled back: the connection was lost', text: `The server rolls back by itself when the line breaks. ${unchanged} Run it again to connect anew.` };
    case 'access-ended':
      return { title: 'Rolled back: writes are no longer allowed', text: `${unchanged} Allow writes for a while and run it again.` };
    case 'others-wait':
      return { title: 'Rolled back: others were waiting for it', text: `${unchanged} Others had waited for its locks for longer than the settings allow. Run it again when fewer are at work, or decide sooner.` };
    case 'drifted':
      return { title: 'Rolled back: it is no longer the change that was shown', text: [`${unchanged} Run again after your consent, it did something else:`, ...differences, 'Run it again to see what it would do now.'].join('\n') };
    default:
      return unreachable(why);
  }
}

function failedText(detail: string | undefined, hint: string | undefined): string {
  return [detail, hint === undefined ? undefined : `Hint: ${hint}`].filter((part) => part !== undefined).join('\n');
}
