/** One rule for each statement the parser knows. A statement that is not here is unknown. */
import { fact, type StatementFacts } from '../findings.ts';
import { text, type PgNode } from '../tree.ts';
import { describeAlterTable } from './alterTable.ts';
import { describeCopy, describeExplain } from './copying.ts';
import {
  definition,
  describeComment,
  describeCreateForeignTable,
  describeCreateIndex,
  describeCreateTable,
  describeCreateTableAs,
  describeCreateView,
  describeDefine,
  describeMoveSchema,
  describeRefresh,
  describeRename,
} from './definitions.ts';
import {
  describeAlterDomain,
  describeAlterOperatorFamily,
  describeAlterTextSearch,
  describeDiscard,
  describeDrop,
  describeDropDatabase,
  describeDropOwned,
  describeDropTablespace,
  describeExtensionContents,
  describeTruncate,
} from './dropping.ts';
import { describeDelete, describeInsert, describeMerge, describeSelect, describeUpdate } from './queries.ts';
import { describeAlterPublication, describeCreatePublication, describeDropSubscription, describeSubscription } from './replication.ts';
import {
  describeAlterRole,
  describeAlterRoutine,
  describeCast,
  describeCreateRole,
  describeDefaultPrivileges,
  describeDropRole,
  describeGrant,
  describeGrantRole,
  describeOwner,
  describePolicy,
  describeReassignOwned,
  describeRoutine,
  describeSecurityLabel,
  describeStoredSetting,
  describeUserMapping,
} from './rights.ts';
import { beyondRollback, describeAlterDatabase, describeAlterSystem, describeCluster, describeEventTrigger, describeExtension, describeForeign, describeReindex, describeVacuum, outsideTransaction } from './server.ts';
import { describeDeclareCursor, describeExecute, describeFetch, describeLock, describeNotify, describePrepare, describeSet, describeTransaction } from './session.ts';

type Rule = (node: PgNode) => StatementFacts;

const session = (kind: string, message: string): StatementFacts => ({ kind, findings: [fact(kind, 'session', message)] });
const admin = (kind: string, message: string): StatementFacts => ({ kind, findings: [fact(kind, 'admin', message)] });
const unknown = (kind: string, message: string): StatementFacts => ({ kind, findings: [fact(kind, 'unknown', message)] });

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  // Data.
  ['SelectStmt', describeSelect],
  ['InsertStmt', describeInsert],
  ['UpdateStmt', describeUpdate],
  ['DeleteStmt', describeDelete],
  ['MergeStmt', describeMerge],
  ['TruncateStmt', describeTruncate],
  ['CopyStmt', describeCopy],
  ['ExplainStmt', describeExplain],
  // Code that hides what it does.
  ['DoStmt', () => unknown('do', 'Runs a block of code; what it does is not looked into')],
  ['CallStmt', () => ({ ...unknown('call', 'Calls a procedure; what it does is not in this text'), returnsRows: true })],
  ['ExecuteStmt', describeExecute],
  // Session and transaction.
  ['VariableSetStmt', describeSet],
  ['VariableShowStmt', () => ({ kind: 'show', findings: [], returnsRows: true })],
  ['TransactionStmt', describeTransaction],
  ['PrepareStmt', describePrepare],
  ['DeallocateStmt', () => session('deallocate', 'Forgets prepared statements')],
  ['DeclareCursorStmt', describeDeclareCursor],
  ['FetchStmt', describeFetch],
  ['ClosePortalStmt', () => session('close', 'Closes cursors')],
  ['ListenStmt', (node) => session('listen', `Listens to ${text(node, 'conditionname')}`)],
  ['UnlistenStmt', () => session('unlisten', 'No longer listens')],
  ['NotifyStmt', describeNotify],
  ['LockStmt', describeLock],
  ['ConstraintsSetStmt', () => session('set-constraints', 'Decides when constraints of this transaction are checked')],
  ['DiscardStmt', describeDiscard],
  // Tables and what belongs to them.
  ['CreateStmt', describeCreateTable],
  ['CreateForeignTableStmt', describeCreateForeignTable],
  ['CreateTableAsStmt', describeCreateTableAs],
  ['AlterTableStmt', describeAlterTable],
  ['ViewStmt', describeCreateView],
  ['RefreshMatViewStmt', describeRefresh],
  ['IndexStmt', describeCreateIndex],
  ['CreateSeqStmt', () => definition('create-sequence', 'Creates a sequence')],
  ['AlterSeqStmt', () => definition('alter-sequence', 'Changes a sequence')],
  ['CreateStatsStmt', () => definition('create-statistics', 'Creates statistics')],
  ['AlterStatsStmt', () => definition('alter-statistics', 'Changes statistics')],
  ['CreateTrigStmt', (node) => definition('create-trigger', `Creates the trigger ${text(node, 'trigname')}, which runs at changes of everyone`)],
  ['RuleStmt', (node) => definition('create-rule', `Creates the rule ${text(node, 'rulename')}, which changes what statements of everyone do`)],
  // Other objects.
  ['CreateSchemaStmt', (node) => definition('create-schema', `Creates the schema ${text(node, 'schemaname')}`)],
  ['CreateFunctionStmt', describeRoutine],
  ['AlterFunctionStmt', describeAlterRoutine],
  ['DefineStmt', describeDefine],
  ['CompositeTypeStmt', () => definition('create-type', 'Creates a type')],
  ['CreateEnumStmt', () => definition('create-type', 'Creates a type')],
  ['CreateRangeStmt', () => definition('create-type', 'Creates a type')],
  ['AlterEnumStmt', () => definition('alter-type', 'Changes a type')],
  ['AlterTypeStmt', () => definition('alter-type', 'Changes a type')],
  ['CreateDomainStmt', () => definition('create-domain', 'Creates a domain')],
  ['AlterDomainStmt', describeAlterDomain],
  ['AlterCollationStmt', () => definition('alter-collation', 'Changes a collation')],
  ['CreateConversionStmt', () => definition('create-conversion', 'Creates a conversion between encodings')],
  ['CreateTransformStmt', () => definition('create-transform', 'Creates a transform')],
  ['CreateOpClassStmt', () => definition('create-operator-class', 'Creates an operator class')],
  ['CreateOpFamilyStmt', () => definition('create-operator-family', 'Creates an operator family')],
  ['AlterOpFamilyStmt', describeAlterOperatorFamily],
  ['AlterOperatorStmt', () => definition('alter-operator', 'Changes an operator')],
  ['AlterTSDictionaryStmt', () => definition('alter-text-search-dictionary', 'Changes a text search dictionary')],
  ['AlterTSConfigurationStmt', describeAlterTextSearch],
  ['RenameStmt', describeRename],
  ['AlterObjectSchemaStmt', describeMoveSchema],
  ['AlterObjectDependsStmt', () => definition('alter-depends', 'Changes which extension an object belongs to')],
  ['CommentStmt', describeComment],
  // Taking away.
  ['DropStmt', describeDrop],
  ['DropdbStmt', describeDropDatabase],
  ['DropTableSpaceStmt', describeDropTablespace],
  ['DropSubscriptionStmt', describeDropSubscription],
  ['DropOwnedStmt', describeDropOwned],
  // Rights.
  ['GrantStmt', describeGrant],
  ['GrantRoleStmt', describeGrantRole],
  ['AlterDefaultPrivilegesStmt', describeDefaultPrivileges],
  ['CreateRoleStmt', describeCreateRole],
  ['AlterRoleStmt', describeAlterRole],
  ['AlterRoleSetStmt', (node) => describeStoredSetting('alter-role', node)],
  ['DropRoleStmt', describeDropRole],
  ['AlterOwnerStmt', describeOwner],
  ['ReassignOwnedStmt', describeReassignOwned],
  ['CreatePolicyStmt', (node) => describePolicy('create-policy', node)],
  ['AlterPolicyStmt', (node) => describePolicy('alter-policy', node)],
  ['SecLabelStmt', describeSecurityLabel],
  ['CreateUserMappingStmt', (node) => describeUserMapping('create-user-mapping', node)],
  ['AlterUserMappingStmt', (node) => describeUserMapping('alter-user-mapping', node)],
  ['DropUserMappingStmt', (node) => describeUserMapping('drop-user-mapping', node)],
  ['CreateCastStmt', describeCast],
  // Server.
  ['AlterSystemStmt', describeAlterSystem],
  ['LoadStmt', (node) => beyondRollback('load', `Loads the code of ${text(node, 'filename')} into the server`, ['server_file', 'ro_slip'])],
  ['CheckPointStmt', () => beyondRollback('checkpoint', 'Makes the server write everything to disk now', ['ro_slip'])],
  ['VacuumStmt', describeVacuum],
  ['ReindexStmt', describeReindex],
  ['ClusterStmt', describeCluster],
  ['CreatedbStmt', (node) => outsideTransaction('create-database', `Creates the database ${text(node, 'dbname')}`)],
  ['AlterDatabaseStmt', describeAlterDatabase],
  ['AlterDatabaseRefreshCollStmt', () => admin('alter-database', 'Changes the collation version of a database')],
  ['AlterDatabaseSetStmt', (node) => describeStoredSetting('alter-database', node)],
  ['CreateTableSpaceStmt', (node) => outsideTransaction('create-tablespace', `Creates the tablespace ${text(node, 'tablespacename')}`, ['server_file'])],
  ['AlterTableSpaceOptionsStmt', () => admin('alter-tablespace', 'Changes a tablespace')],
  ['AlterTableMoveAllStmt', () => admin('alter-tablespace', 'Moves every table of a tablespace')],
  ['CreateExtensionStmt', (node) => describeExtension('create-extension', node)],
  ['AlterExtensionStmt', (node) => describeExtension('alter-extension', node)],
  ['AlterExtensionContentsStmt', describeExtensionContents],
  ['CreatePLangStmt', () => admin('create-language', 'Installs a language for functions')],
  ['CreateAmStmt', () => admin('create-access-method', 'Installs an access method')],
  ['CreateFdwStmt', () => describeForeign('create', 'foreign data wrapper')],
  ['AlterFdwStmt', () => describeForeign('alter', 'foreign data wrapper')],
  ['CreateForeignServerStmt', () => describeForeign('create', 'server')],
  ['AlterForeignServerStmt', () => describeForeign('alter', 'server')],
  ['ImportForeignSchemaStmt', () => admin('import-foreign-schema', 'Creates tables for what it finds on another server')],
  ['CreateEventTrigStmt', (node) => describeEventTrigger('create-event-trigger', node)],
  ['AlterEventTrigStmt', (node) => describeEventTrigger('alter-event-trigger', node)],
  ['CreatePublicationStmt', describeCreatePublication],
  ['AlterPublicationStmt', describeAlterPublication],
  ['CreateSubscriptionStmt', (node) => describeSubscription('create-subscription', node)],
  ['AlterSubscriptionStmt', (node) => describeSubscription('alter-subscription', node)],
]);

/** What the statement does at its head; `undefined` for nodes that are no statements, or none that is known. */
export function describeStatement(type: string, node: PgNode): StatementFacts | undefined {
  return rules.get(type)?.(node);
}
