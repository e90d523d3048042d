/** Commits that were announced and of which nobody recorded how they ended: the program was gone before it knew. */
import type { EventBody } from './chain.ts';
import type { AuditRecord } from './record.ts';

export type Leftover = Pick<AuditRecord, 'run' | 'actor' | 'target' | 'sql' | 'class' | 'classes'> & {
  /** Absent where the server had given none. */
  readonly transactionId?: string;
  /** Absent in older records. */
  readonly transactionMark?: string;
};

/** @param bodies - of the events of all streams whose programs are gone, and of those that may have settled them, in order of time */
export function findLeftovers(bodies: readonly EventBody[]): readonly Leftover[] {
  const open = new Map<string, Leftover>();
  for (const body of bodies as readonly Partial<AuditRecord>[]) {
    const { kind, run, actor, target } = body;
    if (run === undefined) continue;
    if (kind === 'commit-intent' && actor && target) open.set(run, toLeftover({ ...body, run, actor, target }));
    if (kind === 'outcome' && body.outcome !== 'in-doubt') open.delete(run);
    if (kind === 'settled') open.delete(run);
  }
  return [...open.values()];
}

type Complete = Partial<AuditRecord> & Pick<AuditRecord, 'run' | 'actor' | 'target'>;

function toLeftover({ run, actor, target, sql, class: statementClass, classes, transactionId, transactionMark }: Complete): Leftover {
  return {
    run,
    actor,
    target,
    ...(sql === undefined ? {} : { sql }),
    ...(statementClass === undefined ? {} : { class: statementClass }),
    ...(classes === undefined ? {} : { classes }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(transactionMark === undefined ? {} : { transactionMark }),
  };
}
