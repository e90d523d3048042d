/** CREATE, ALTER, RENAME, COMMENT of ordinary objects. */
import type { StatementClass } from '../../verdict.ts';
import { fact, type Finding, type StatementFacts } from '../findings.ts';
import { kindOf, objectName } from '../objects.ts';
import { flag, inline, text, type PgNode } from '../tree.ts';

/** A definition without surprises. */
export function definition(kind: string, message: string): StatementFacts {
  return { kind, findings: [fact(kind, 'ddl', message)] };
}

export function describeCreateTable(node: PgNode): StatementFacts {
  return definition('create-table', `Creates the table ${relationName(node, 'relation')}`);
}

export function describeCreateForeignTable(node: PgNode): StatementFacts {
  return definition('create-foreign-table', `Creates the table ${relationName(inline(node, 'base') ?? {}, 'relation')}, whose rows are on the server ${text(node, 'servername')}`);
}

export function describeCreateTableAs(node: PgNode): StatementFacts {
  const object = text(node, 'objtype') === 'OBJECT_MATVIEW' ? 'materialized view' : 'table';
  return definition(kindOf('create', object), `Creates the ${object} ${relationName(inline(node, 'into') ?? {}, 'rel')} from a query`);
}

export function describeCreateView(node: PgNode): StatementFacts {
  return definition('create-view', `${flag(node, 'replace') ? 'Creates or replaces' : 'Creates'} the view ${relationName(node, 'view')}`);
}

export function describeCreateIndex(node: PgNode): StatementFacts {
  const table = relationName(node, 'relation');
  if (flag(node, 'concurrent')) {
    return { kind: 'create-index', findings: [fact('create-index', 'ddl', `Creates an index on ${table} while others go on writing`, ['no_txn'])], canPreview: false, canRunInTransaction: false };
  }
  const lock: Finding = { class: 'read', code: 'index-not-concurrent', message: `Writers of ${table} wait until the index is built`, tags: ['lock'] };
  return { kind: 'create-index', findings: [fact('create-index', 'ddl', `Creates an index on ${table}`), lock] };
}

export function describeRefresh(node: PgNode): StatementFacts {
  const view = relationName(node, 'relation');
  const findings: Finding[] = [fact('refresh-materialized-view', 'ddl', `Fills the materialized view ${view} anew`)];
  if (!flag(node, 'concurrent')) findings.push({ class: 'read', code: 'exclusive-lock', message: `Nobody can read ${view} meanwhile`, tags: ['lock'] });
  return { kind: 'refresh-materialized-view', findings };
}

const renamed: Readonly<Record<string, StatementClass>> = { OBJECT_ROLE: 'privilege', OBJECT_POLICY: 'privilege', OBJECT_DATABASE: 'admin', OBJECT_TABLESPACE: 'admin', OBJECT_FOREIGN_SERVER: 'admin', OBJECT_FDW: 'admin', OBJECT_PUBLICATION: 'admin', OBJECT_SUBSCRIPTION: 'admin', OBJECT_EVENT_TRIGGER: 'admin', OBJECT_LANGUAGE: 'admin' };

/** What is altered when a part of it gets another name. */
const owners: Readonly<Record<string, string>> = { OBJECT_TABCONSTRAINT: 'OBJECT_TABLE', OBJECT_DOMCONSTRAINT: 'OBJECT_DOMAIN', OBJECT_ATTRIBUTE: 'OBJECT_TYPE' };

export function describeRename(node: PgNode): StatementFacts {
  const objectType = text(node, 'renameType');
  const owner = objectType === 'OBJECT_COLUMN' ? text(node, 'relationType') : (owners[objectType] ?? objectType);
  const message = `Gives a ${objectName(objectType)} the name ${text(node, 'newname')}`;
  return { kind: kindOf('alter', objectName(owner)), findings: [fact('rename', renamed[objectType] ?? 'ddl', message)] };
}

export function describeComment(node: PgNode): StatementFacts {
  return definition('comment', `Changes the comment on a ${objectName(text(node, 'objtype'))}`);
}

export function describeMoveSchema(node: PgNode): StatementFacts {
  const object = objectName(text(node, 'objectType'));
  const statementClass: StatementClass = text(node, 'objectType') === 'OBJECT_EXTENSION' ? 'admin' : 'ddl';
  const kind = kindOf('alter', object);
  return { kind, findings: [fact('alter-schema', statementClass, `Moves a ${object} into the schema ${text(node, 'newschema')}`)] };
}

/** CREATE AGGREGATE, OPERATOR, TYPE, COLLATION, TEXT SEARCH …. */
export function describeDefine(node: PgNode): StatementFacts {
  const object = objectName(text(node, 'kind'));
  const kind = kindOf('create', object);
  return { kind, findings: [fact(kind, 'ddl', `Creates a ${object}`)] };
}

function relationName(node: PgNode, field: string): string {
  return text(inline(node, field) ?? {}, 'relname');
}
