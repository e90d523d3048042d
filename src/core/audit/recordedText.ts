/** What of a text goes into a record. */
import { withoutSecrets } from './withoutSecrets.ts';
import type { ClassifiedStatement, ScriptVerdict } from '../sql/verdict.ts';

/** Reasons of the classifiers that say: these very words hold a secret. Reading a table of secrets is no such reason. */
const secretInText: ReadonlySet<string> = new Set(['secret-in-text', 'changes-password']);

const mayHoldPassword = /\bpassword\b|\bidentified\s+(?:by|with)\b/iu;

/**
 * The text as it may be recorded: a statement that holds a password or a key is named and left out. A text nobody could
 * parse is left out when it speaks of passwords. What looks like a secret anywhere else is replaced. Pure.
 */
export function recordedText(text: string, { statements, error }: Pick<ScriptVerdict, 'statements' | 'error'>): string {
  if (error) return mayHoldPassword.test(text) ? '[not recorded: it could not be parsed and may hold a password]' : withoutSecrets(text);
  if (!statements.some(holdsSecret)) return withoutSecrets(text);
  return statements.map((statement) => (holdsSecret(statement) ? `[${statement.kind}: not recorded, it holds a secret]` : withoutSecrets(statement.text))).join(';\n');
}

function holdsSecret({ reasons }: ClassifiedStatement): boolean {
  return reasons.some(({ code }) => secretInText.has(code));
}
