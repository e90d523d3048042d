/** DROP, TRUNCATE and what else takes things away. */
import type { StatementClass, StatementTag } from '../../verdict.ts';
import { fact, type StatementFacts } from '../findings.ts';
import { kindOf, listNames, objectName } from '../objects.ts';
import { flag, has, many, names, text, type PgNode, type TypedNode } from '../tree.ts';

const auditing = new Set(['OBJECT_EVENT_TRIGGER', 'OBJECT_TRIGGER', 'OBJECT_RULE']);
const recordingExtensions = new Set(['pgaudit', 'pg_stat_statements', 'auto_explain', 'pgauditlogtofile', 'set_user', 'supa_audit']);

export function describeDrop(node: PgNode): StatementFacts {
  const objectType = text(node, 'removeType');
  const objects = many(node, 'objects').map(droppedName);
  const isConcurrent = flag(node, 'concurrent');
  const tags: StatementTag[] = isConcurrent ? ['no_txn'] : [];
  if (auditing.has(objectType) || (objectType === 'OBJECT_EXTENSION' && objects.some((name) => recordingExtensions.has(name)))) tags.push('audit');
  if (objectType === 'OBJECT_PUBLICATION') tags.push('backup');
  const statementClass: StatementClass = objectType === 'OBJECT_POLICY' ? 'privilege' : 'destructive';
  const kind = kindOf('drop', objectName(objectType));
  const reach = text(node, 'behavior') === 'DROP_CASCADE' ? ' and everything that depends on it' : '';
  return {
    kind,
    findings: [fact(kind, statementClass, `Drops the ${objectName(objectType)} ${listNames(objects)}${reach}`, tags)],
    canRunInTransaction: !isConcurrent,
    canPreview: !isConcurrent,
  };
}

/** The last part of the name of a dropped object. */
function droppedName({ type, node }: TypedNode): string {
  if (type === 'List') return names(many(node, 'items')).at(-1) ?? '';
  if (type === 'ObjectWithArgs') return names(many(node, 'objname')).at(-1) ?? '';
  if (type === 'TypeName') return names(many(node, 'names')).at(-1) ?? '';
  return text(node, 'sval');
}

export function describeTruncate(node: PgNode): StatementFacts {
  const tables = many(node, 'relations').map(({ node: relation }) => text(relation, 'relname'));
  const reach = text(node, 'behavior') === 'DROP_CASCADE' ? ' and of every table that refers to it' : '';
  return { kind: 'truncate', findings: [fact('truncate', 'destructive', `Deletes every row of ${listNames(tables)}${reach}`, ['lock'])] };
}

export function describeDropDatabase(node: PgNode): StatementFacts {
  return { kind: 'drop-database', findings: [fact('drop-database', 'destructive', `Drops the database ${text(node, 'dbname')} with everything in it`, ['no_txn'])], canPreview: false, canRunInTransaction: false };
}

export function describeDropTablespace(node: PgNode): StatementFacts {
  return { kind: 'drop-tablespace', findings: [fact('drop-tablespace', 'destructive', `Drops the tablespace ${text(node, 'tablespacename')}`, ['no_txn'])], canPreview: false, canRunInTransaction: false };
}

export function describeDropOwned(): StatementFacts {
  return { kind: 'drop-owned', findings: [fact('drop-owned', 'destructive', 'Drops everything that the roles own and takes their rights away')] };
}

/** ALTER DOMAIN: by letter. */
export function describeAlterDomain(node: PgNode): StatementFacts {
  const isDropping = text(node, 'subtype') === 'X';
  const finding = isDropping ? fact('alter-domain', 'destructive', `Drops the constraint ${text(node, 'name')} of a domain`) : fact('alter-domain', 'ddl', 'Changes a domain');
  const scans = text(node, 'subtype') === 'C' || text(node, 'subtype') === 'V';
  return { kind: 'alter-domain', findings: scans ? [finding, { class: 'read', code: 'full-scan', message: 'Checks every table that uses the domain', tags: ['lock'] }] : [finding] };
}

export function describeAlterOperatorFamily(node: PgNode): StatementFacts {
  const isDropping = flag(node, 'isDrop');
  return { kind: 'alter-operator-family', findings: [fact('alter-operator-family', isDropping ? 'destructive' : 'ddl', `${isDropping ? 'Takes members out of' : 'Adds members to'} an operator family`)] };
}

export function describeAlterTextSearch(node: PgNode): StatementFacts {
  const isDropping = text(node, 'kind') === 'ALTER_TSCONFIG_DROP_MAPPING';
  const kind = 'alter-text-search-configuration';
  return { kind, findings: [fact(kind, isDropping ? 'destructive' : 'ddl', `${isDropping ? 'Drops' : 'Changes'} a mapping of a text search configuration`)] };
}

/** ALTER EXTENSION … DROP takes an object out of the extension; it stays in the database. */
export function describeExtensionContents(node: PgNode): StatementFacts {
  return { kind: 'alter-extension', findings: [fact('alter-extension', 'admin', `Changes what belongs to the extension ${text(node, 'extname')}`)] };
}

export function describeDiscard(node: PgNode): StatementFacts {
  const isAll = !has(node, 'target') || text(node, 'target') === 'DISCARD_ALL';
  const message = isAll ? 'Forgets everything this session has set up, safety settings included' : 'Forgets something this session has set up';
  return { kind: 'discard', findings: [fact('discard', 'session', message, isAll ? ['no_txn'] : [])], canPreview: !isAll, canRunInTransaction: !isAll };
}
