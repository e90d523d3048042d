/** ALTER TABLE and its relatives, one rule for each subcommand. */
import type { StatementClass, StatementTag } from '../../verdict.ts';
import { effectOfFunction } from '../functions.ts';
import type { Finding, StatementFacts } from '../findings.ts';
import { kindOf, objectName } from '../objects.ts';
import { flag, has, inline, many, names, one, text, type PgNode, type TypedNode } from '../tree.ts';

type CommandRule = { readonly class: StatementClass; readonly message: string; readonly tags?: readonly StatementTag[] };

const ddl = (message: string): CommandRule => ({ class: 'ddl', message });
const destructive = (message: string): CommandRule => ({ class: 'destructive', message });
const privilege = (message: string): CommandRule => ({ class: 'privilege', message });
const audit = (message: string): CommandRule => ({ class: 'admin', message, tags: ['audit'] });

/** Subcommands without an entry are unknown. */
const commands: Readonly<Record<string, CommandRule>> = {
  AT_AddColumn: ddl('Adds a column'),
  AT_ColumnDefault: ddl('Changes the default of a column'),
  AT_DropNotNull: ddl('Allows NULL in a column'),
  AT_SetNotNull: ddl('Forbids NULL in a column'),
  AT_SetExpression: ddl('Changes how a column is generated'),
  AT_DropExpression: ddl('Makes a generated column an ordinary one'),
  AT_SetStatistics: ddl('Changes how much is known about a column'),
  AT_SetOptions: ddl('Changes options of a column'),
  AT_ResetOptions: ddl('Resets options of a column'),
  AT_SetStorage: ddl('Changes how a column is stored'),
  AT_SetCompression: ddl('Changes how a column is compressed'),
  AT_DropColumn: destructive('Drops a column and the data in it'),
  AT_AddConstraint: ddl('Adds a constraint'),
  AT_AlterConstraint: ddl('Changes a constraint'),
  AT_ValidateConstraint: ddl('Checks existing rows against a constraint'),
  AT_AddIndexConstraint: ddl('Makes an index a constraint'),
  AT_DropConstraint: destructive('Drops a constraint'),
  AT_AlterColumnType: ddl('Changes the type of a column'),
  AT_AlterColumnGenericOptions: ddl('Changes options of a foreign column'),
  AT_ChangeOwner: privilege('Changes the owner'),
  AT_ClusterOn: ddl('Chooses the index to sort by'),
  AT_DropCluster: ddl('No longer chooses an index to sort by'),
  AT_SetLogged: ddl('Makes the table safe from crashes'),
  AT_SetUnLogged: { class: 'admin', message: 'Leaves the table out of the write-ahead log: a crash empties it, and replicas do not have it', tags: ['backup'] },
  AT_DropOids: ddl('Changes nothing in current versions'),
  AT_SetAccessMethod: ddl('Changes how the table is stored'),
  AT_SetTableSpace: ddl('Moves the table to another tablespace'),
  AT_SetRelOptions: ddl('Changes storage options'),
  AT_ResetRelOptions: ddl('Resets storage options'),
  AT_ReplaceRelOptions: ddl('Replaces storage options'),
  AT_EnableTrig: audit('Enables a trigger'),
  AT_EnableAlwaysTrig: audit('Changes when a trigger fires'),
  AT_EnableReplicaTrig: audit('Lets a trigger fire on replicas only'),
  AT_DisableTrig: audit('Disables a trigger'),
  AT_EnableTrigAll: audit('Enables all triggers'),
  AT_DisableTrigAll: audit('Disables all triggers, those of foreign keys included'),
  AT_EnableTrigUser: audit('Enables triggers'),
  AT_DisableTrigUser: audit('Disables triggers'),
  AT_EnableRule: audit('Enables a rule'),
  AT_EnableAlwaysRule: audit('Changes when a rule applies'),
  AT_EnableReplicaRule: audit('Lets a rule apply on replicas only'),
  AT_DisableRule: audit('Disables a rule'),
  AT_AddInherit: ddl('Makes the table a child of another'),
  AT_DropInherit: ddl('Detaches the table from its parent'),
  AT_AddOf: ddl('Ties the table to a type'),
  AT_DropOf: ddl('Unties the table from its type'),
  AT_ReplicaIdentity: { class: 'ddl', message: 'Changes what replication knows about changed rows', tags: ['backup'] },
  AT_EnableRowSecurity: privilege('Switches row security on'),
  AT_DisableRowSecurity: privilege('Switches row security off'),
  AT_ForceRowSecurity: privilege('Applies row security to the owner too'),
  AT_NoForceRowSecurity: privilege('Exempts the owner from row security'),
  AT_GenericOptions: ddl('Changes options of a foreign table'),
  AT_AttachPartition: ddl('Attaches a partition'),
  AT_DetachPartition: destructive('Detaches a partition: its rows are no longer in the table'),
  AT_DetachPartitionFinalize: destructive('Finishes detaching a partition'),
  AT_AddIdentity: ddl('Makes a column an identity column'),
  AT_SetIdentity: ddl('Changes an identity column'),
  AT_DropIdentity: ddl('Makes an identity column an ordinary one'),
};

export function describeAlterTable(node: PgNode): StatementFacts {
  const object = objectName(text(node, 'objtype'));
  const list = many(node, 'cmds');
  const canRun = !list.some(({ node: command }) => isOutsideTransaction(command));
  return {
    kind: kindOf('alter', object),
    findings: list.flatMap(({ node: command }) => describeCommand(command)),
    canRunInTransaction: canRun,
    canPreview: canRun,
  };
}

function describeCommand(command: PgNode): readonly Finding[] {
  const subtype = text(command, 'subtype') || 'AT_AddColumn';
  const rule = commands[subtype];
  if (!rule) return [{ class: 'unknown', code: 'unlisted', message: `It is not known what ${subtype} does` }];
  const code = subtype === 'AT_DropColumn' ? 'drop-column' : 'alter-table';
  const tags: readonly StatementTag[] = isOutsideTransaction(command) ? [...(rule.tags ?? []), 'no_txn'] : (rule.tags ?? []);
  return [{ class: rule.class, code, message: rule.message, tags }, ...lockFindings(subtype, command)];
}

function isOutsideTransaction(command: PgNode): boolean {
  const partition = one(command, 'def');
  return text(command, 'subtype') === 'AT_DetachPartitionFinalize' || (partition?.type === 'PartitionCmd' && flag(partition.node, 'concurrent'));
}

const rewriting = new Set(['AT_AlterColumnType', 'AT_SetLogged', 'AT_SetUnLogged', 'AT_SetAccessMethod', 'AT_SetTableSpace', 'AT_SetExpression', 'AT_AddIdentity']);

function lockFindings(subtype: string, command: PgNode): readonly Finding[] {
  const definition = one(command, 'def');
  if (rewriting.has(subtype)) return [rewrite];
  if (subtype === 'AT_SetNotNull' || subtype === 'AT_AttachPartition') return [fullScan];
  if (subtype === 'AT_AddConstraint' && definition) return constraintLocks(definition.node);
  return subtype === 'AT_AddColumn' && definition ? columnLocks(definition.node) : [];
}

const rewrite: Finding = { class: 'read', code: 'table-rewrite', message: 'May write the whole table anew, and nobody can read or write it meanwhile', tags: ['lock'] };
const fullScan: Finding = { class: 'read', code: 'full-scan', message: 'Checks every row of the table, and writers wait meanwhile', tags: ['lock'] };
const blockingIndex: Finding = { class: 'read', code: 'index-not-concurrent', message: 'Builds an index while writers wait', tags: ['lock'] };

function constraintLocks(constraint: PgNode): readonly Finding[] {
  switch (text(constraint, 'contype')) {
    case 'CONSTR_CHECK':
    case 'CONSTR_FOREIGN':
    case 'CONSTR_NOTNULL':
      return flag(constraint, 'skip_validation') ? [] : [fullScan];
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
    case 'CONSTR_EXCLUSION':
      return has(constraint, 'indexname') ? [] : [blockingIndex];
    default:
      return [];
  }
}

const serials = new Set(['serial', 'bigserial', 'smallserial', 'serial2', 'serial4', 'serial8']);

/** A default that is the same for all rows needs no rewrite; one that is computed for each row does. */
function columnLocks(column: PgNode): readonly Finding[] {
  const constraints = many(column, 'constraints').map(({ node }) => node);
  const isSerial = serials.has(names(many(inline(column, 'typeName') ?? {}, 'names')).at(-1) ?? '');
  const isGenerated = constraints.some((each) => ['CONSTR_IDENTITY', 'CONSTR_GENERATED'].includes(text(each, 'contype')) && text(each, 'generated_kind') !== 'v');
  const isVolatile = constraints.some((each) => text(each, 'contype') === 'CONSTR_DEFAULT' && callsVolatile(one(each, 'raw_expr')));
  const others = constraints.filter((each) => !['CONSTR_NOTNULL', 'CONSTR_DEFAULT'].includes(text(each, 'contype'))).flatMap(constraintLocks);
  return isSerial || isGenerated || isVolatile ? [rewrite, ...others] : others;
}

const volatile = new Set(['random', 'random_normal', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'clock_timestamp', 'timeofday']);

function callsVolatile(expression: TypedNode | undefined): boolean {
  if (!expression) return false;
  if (expression.type === 'FuncCall') {
    const name = names(many(expression.node, 'funcname'));
    if (effectOfFunction(name)?.class !== 'read' || volatile.has(name.at(-1) ?? '')) return true;
  }
  return Object.values(expression.node).some((value) => (Array.isArray(value) ? value : [value]).some((each) => isVolatilePart(each)));
}

function isVolatilePart(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [entry] = Object.entries(value);
  return entry !== undefined && /^[A-Z]/u.test(entry[0]) && callsVolatile({ type: entry[0], node: entry[1] as PgNode });
}
