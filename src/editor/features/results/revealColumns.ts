/** Shows what is masked in a result or a review: only with a reason, and only once that is recorded. */
import { window } from 'vscode';
import type { Clock, Journal } from '../../../app/ports.ts';
import { recordedText } from '../../../core/audit/recordedText.ts';
import type { Actor } from '../../../core/audit/record.ts';
import { toFailure } from '../../../core/errors.ts';
import { describeTarget, type ConnectionProfile } from '../../../core/profile/connection.ts';
import type { ClassifiedStatement } from '../../../core/sql/verdict.ts';
import { plainText } from '../../plainText.ts';

export type RevealPorts = { readonly journal: Journal; readonly clock: Clock; readonly actor: Actor; readonly newId: () => string };

export type Revealed = {
  readonly connection: ConnectionProfile;
  /** As they are named on screen. */
  readonly columns: readonly string[];
  /** How many have values that become visible. */
  readonly rows: number;
  /** What they come from. */
  readonly statements: readonly ClassifiedStatement[];
};

/** True when they may be shown. Nothing of it is remembered for the next result. */
export async function askToReveal({ journal, clock, actor, newId }: RevealPorts, { connection, columns, rows, statements }: Revealed): Promise<boolean> {
  const names = columns.length <= 3 ? columns.join(', ') : `${columns.slice(0, 3).join(', ')} and ${String(columns.length - 3)} more`;
  const reason = await window.showInputBox({
    title: plainText(`Reveal ${names} on ${connection.name}`),
    prompt: 'Why do you need to see these values? It is recorded before they are shown, and they are masked again with the next run.',
    placeHolder: 'e.g. customer asks about order 4711',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim().length < 3 ? 'Say why, in a few words.' : undefined),
  });
  if (reason === undefined) return false;
  const target = { connection: connection.id, environment: connection.environment, address: describeTarget(connection) };
  try {
    await journal.intent({ kind: 'mask-revealed', run: newId(), time: clock.now(), actor, target, sql: recordedText(statements.map(({ text }) => text).join(';\n'), { statements }), rows, to: `screen: ${columns.join(', ')}`, reason: reason.trim() });
    return true;
  } catch (thrown) {
    void window.showErrorMessage(plainText(`Not revealed, because it could not be recorded: ${toFailure(thrown).message}. The values stay masked.`));
    return false;
  }
}
