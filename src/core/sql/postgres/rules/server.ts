/** What acts on the server, its storage or the world outside. */
import type { StatementTag } from '../../verdict.ts';
import { fact, type Finding, type StatementFacts } from '../findings.ts';
import { kindOf } from '../objects.ts';
import { effectOfSetting } from '../settings.ts';
import { booleanOption, flag, has, inline, many, option, text, type PgNode } from '../tree.ts';

/** Refused inside a transaction, so nothing of it can be shown before. */
export function outsideTransaction(kind: string, message: string, tags: readonly StatementTag[] = []): StatementFacts {
  return { kind, findings: [fact(kind, 'admin', message, [...tags, 'no_txn'])], canPreview: false, canRunInTransaction: false };
}

/** Runs inside a transaction, but a rollback does not undo it. */
export function beyondRollback(kind: string, message: string, tags: readonly StatementTag[] = []): StatementFacts {
  return { kind, findings: [fact(kind, 'admin', message, tags)], canPreview: false };
}

export function describeAlterSystem(node: PgNode): StatementFacts {
  const name = text(inline(node, 'setstmt') ?? {}, 'name');
  const effect = name === '' ? undefined : effectOfSetting(name);
  const message = effect ? `${effect.message.replace(' for this session', '')}, for the whole server` : 'Resets settings of the whole server';
  return outsideTransaction('alter-system', message, effect?.tags.filter((tag) => tag !== 'guard'));
}

export function describeVacuum(node: PgNode): StatementFacts {
  if (!flag(node, 'is_vacuumcmd')) {
    return { kind: 'analyze', findings: [fact('analyze', 'admin', 'Collects statistics for the planner', ['ro_slip'])] };
  }
  const full = option(many(node, 'options'), 'full');
  const isFull = full !== undefined && booleanOption(full) !== false;
  const facts = outsideTransaction('vacuum', isFull ? 'Writes whole tables anew' : 'Removes dead rows', isFull ? ['lock'] : []);
  return isFull ? { ...facts, findings: [...facts.findings, rewrite] } : facts;
}

const rewrite: Finding = { class: 'read', code: 'table-rewrite', message: 'Writes the whole table anew, and nobody can read or write it meanwhile', tags: ['lock'] };

export function describeReindex(node: PgNode): StatementFacts {
  const target = text(node, 'kind').replace('REINDEX_OBJECT_', '').toLowerCase();
  const isConcurrent = isOn(node, 'params', 'concurrently');
  const isWhole = target !== 'index' && target !== 'table';
  const message = isWhole ? `Builds the indexes of the whole ${target} anew` : `Builds the ${target === 'index' ? 'index' : 'indexes of the table'} anew`;
  if (isConcurrent || isWhole) return outsideTransaction('reindex', message, isConcurrent ? [] : ['lock']);
  return {
    kind: 'reindex',
    findings: [fact('reindex', 'admin', message, ['lock', 'ro_slip']), { class: 'read', code: 'index-not-concurrent', message: 'Builds an index while writers wait', tags: ['lock'] }],
  };
}

export function describeCluster(node: PgNode): StatementFacts {
  if (!has(node, 'relation')) return outsideTransaction('cluster', 'Sorts all clustered tables anew', ['lock']);
  return { kind: 'cluster', findings: [fact('cluster', 'admin', 'Sorts the rows of a table anew', ['lock', 'ro_slip']), rewrite] };
}

export function describeExtension(kind: 'create-extension' | 'alter-extension', node: PgNode): StatementFacts {
  const name = text(node, 'extname');
  const message = kind === 'create-extension' ? `Installs the extension ${name} and its code` : `Changes the extension ${name}`;
  return { kind, findings: [fact(kind, 'admin', message)] };
}

export function describeEventTrigger(kind: 'create-event-trigger' | 'alter-event-trigger', node: PgNode): StatementFacts {
  const name = text(node, 'trigname');
  if (kind === 'create-event-trigger') return { kind, findings: [fact(kind, 'admin', `Creates the event trigger ${name}, which runs at definitions of everyone`)] };
  return { kind, findings: [fact(kind, 'admin', `Changes when the event trigger ${name} fires`, ['audit'])] };
}

export function describeAlterDatabase(node: PgNode): StatementFacts {
  const message = `Changes the database ${text(node, 'dbname')}`;
  return option(many(node, 'options'), 'tablespace') ? outsideTransaction('alter-database', message) : { kind: 'alter-database', findings: [fact('alter-database', 'admin', message)] };
}

export function describeForeign(verb: string, object: string): StatementFacts {
  const kind = kindOf(verb, object);
  return { kind, findings: [fact(kind, 'admin', `${verb === 'create' ? 'Sets up' : 'Changes'} the way to another server`)] };
}

function isOn(node: PgNode, field: string, name: string): boolean {
  const given = option(many(node, field), name);
  return given !== undefined && booleanOption(given) !== false;
}
