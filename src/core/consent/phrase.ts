/** Typed confirmation: the words a person must type, made from what the change measurably does. */
import type { Preview, TableEffect } from '../effect/preview.ts';
import type { Obligation } from '../policy/decision.ts';
import type { ClassifiedStatement } from '../sql/verdict.ts';

/**
 * The phrase to type, e.g. `delete 44 rows`, `drop table customers`, `update 1000 rows`.
 *
 * Lower-case ASCII words and the server's own numbers; object names exactly as written in the effect. Never empty.
 */
export function confirmationPhrase(statements: readonly ClassifiedStatement[], preview: Preview): string {
  const dropped = statements.find((statement) => statement.kind.startsWith('drop-') || statement.kind === 'truncate');
  if (dropped) return objectPhrase(dropped);
  const total = sumEffects(preview.effects);
  if (total.deleted > 0) return `delete ${rows(total.deleted)}`;
  if (total.updated > 0) return `update ${rows(total.updated)}`;
  if (total.inserted > 0) return `insert ${rows(total.inserted)}`;
  return `run ${statements.length === 1 ? '1 statement' : `${String(statements.length)} statements`}`;
}

/** The phrase for a statement that is final at once: its verb and what it names, e.g. `vacuum customers`, `create database`. Never empty. */
export function irreversiblePhrase(statement: ClassifiedStatement): string {
  const verb = statement.kind.replaceAll('-', ' ');
  const [first, ...rest] = [...new Set(statement.targets.map(({ table }) => table))];
  if (first === undefined) return verb === '' ? 'run 1 statement' : verb;
  return rest.length === 0 ? `${verb} ${first}` : `${verb} ${first} and ${String(rest.length)} more`;
}

/** True when the consent meets every obligation. Compared code unit by code unit: a near miss is a miss. */
export function meetsObligations(obligations: readonly Obligation[], phrase: string | undefined, typed: string): boolean {
  return obligations.every((obligation) => {
    switch (obligation.kind) {
      case 'consent':
        return true;
      case 'typed-confirmation':
        return phrase !== undefined && phrase.length > 0 && typed === phrase;
      // Others meet it, and where it is run they are asked for it.
      case 'peer-confirmation':
        return false;
      default:
        return false;
    }
  });
}

/** Row operations over all tables. */
export function sumEffects(effects: readonly TableEffect[]): { inserted: number; updated: number; deleted: number } {
  const total = { inserted: 0, updated: 0, deleted: 0 };
  for (const effect of effects) {
    total.inserted += effect.inserted;
    total.updated += effect.updated;
    total.deleted += effect.deleted;
  }
  return total;
}

function objectPhrase(statement: ClassifiedStatement): string {
  const verb = statement.kind.replaceAll('-', ' ');
  const names = statement.targets.filter((target) => target.access === 'write').map((target) => target.table);
  const first = names[0];
  if (first === undefined) return verb;
  return names.length === 1 ? `${verb} ${first}` : `${verb} ${first} and ${String(names.length - 1)} more`;
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${String(count)} rows`;
}
