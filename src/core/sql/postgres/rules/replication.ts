/** Publications and subscriptions. */
import { fact, type StatementFacts } from '../findings.ts';
import { secretFindings } from '../secrets.ts';
import { booleanOption, flag, many, option, text, type PgNode } from '../tree.ts';

export function describeAlterPublication(node: PgNode): StatementFacts {
  const isAll = flag(node, 'for_all_tables');
  return { kind: 'alter-publication', findings: [fact('alter-publication', 'admin', `Changes what ${text(node, 'pubname')} sends to other servers`, isAll ? ['backup', 'bulk_export'] : ['backup'])] };
}

export function describeCreatePublication(node: PgNode): StatementFacts {
  const isAll = flag(node, 'for_all_tables');
  const message = `Lets other servers receive the changes of ${isAll ? 'all tables' : 'tables'}`;
  return { kind: 'create-publication', findings: [fact('create-publication', 'admin', message, isAll ? ['backup', 'bulk_export'] : ['backup'])] };
}

/** Whether an option of a subscription makes the server talk to the publisher outside of the transaction. */
export function describeSubscription(kind: 'create-subscription' | 'alter-subscription', node: PgNode): StatementFacts {
  const leavesTransaction = kind === 'create-subscription' ? !isOff(node, 'connect') && !isOff(node, 'create_slot') : refreshes(node);
  const message = kind === 'create-subscription' ? 'Receives changes from another server' : 'Changes how this server receives changes from another';
  return {
    kind,
    findings: [fact(kind, 'admin', message, leavesTransaction ? ['backup', 'no_txn'] : ['backup']), ...secretFindings(text(node, 'conninfo'), undefined)],
    canPreview: !leavesTransaction,
    canRunInTransaction: !leavesTransaction,
  };
}

function refreshes(node: PgNode): boolean {
  const kind = text(node, 'kind');
  if (kind === 'ALTER_SUBSCRIPTION_REFRESH') return true;
  return ['ALTER_SUBSCRIPTION_SET_PUBLICATION', 'ALTER_SUBSCRIPTION_ADD_PUBLICATION', 'ALTER_SUBSCRIPTION_DROP_PUBLICATION'].includes(kind) && !isOff(node, 'refresh');
}

function isOff(node: PgNode, name: string): boolean {
  const given = option(many(node, 'options'), name);
  return given !== undefined && booleanOption(given) === false;
}

export function describeDropSubscription(node: PgNode): StatementFacts {
  const message = `Ends the subscription ${text(node, 'subname')} and drops its slot on the other server`;
  return { kind: 'drop-subscription', findings: [fact('drop-subscription', 'destructive', message, ['backup', 'no_txn'])], canPreview: false, canRunInTransaction: false };
}
