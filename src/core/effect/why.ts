/** Why a statement reached a table: read from foreign keys, triggers and inheritance, never guessed from names alone. */
import type { RowCounts } from './counters.ts';
import type { Cause, TableRef } from './preview.ts';

/** A table that was reached, partitions summed up under their root. */
export type TouchedTable = {
  readonly id: string;
  readonly table: TableRef;
  readonly counts: RowCounts;
  /** TRUNCATE emptied it, or DROP removed it. */
  readonly emptied: boolean;
  /** The table whose own emptying reached it, for TRUNCATE … CASCADE. */
  readonly via?: TableRef;
};

/** What a foreign key does to the referencing rows. */
export type ReferentialAction = 'none' | 'cascade' | 'set null' | 'set default';

/** `child` references `parent`. All tables by the server's identity. */
export type ForeignKey = {
  readonly child: string;
  readonly parent: string;
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
};

export type Trigger = {
  readonly table: string;
  readonly name: string;
  readonly events: readonly ('insert' | 'update' | 'delete')[];
  /** Tables whose name the trigger's function contains. */
  readonly mentions: readonly string[];
  /** Runs instead of the statement, on a view. */
  readonly isInstead?: true;
};

export type Causes = {
  /** Tables the statements name as their targets. */
  readonly targets: readonly string[];
  /** Views the statements name as their targets. */
  readonly views: readonly (TableRef & { readonly id: string })[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly triggers: readonly Trigger[];
  readonly inheritance: readonly { readonly child: string; readonly parent: string }[];
};

export type Facts = {
  readonly groups: ReadonlyMap<string, TouchedTable>;
  /** Table → root of its partition tree, or itself. */
  readonly roots: ReadonlyMap<string, string>;
  readonly causes: Causes;
  /** Rows the statements' own answers tell of; absent when that says nothing about the targets. */
  readonly stated?: number;
};

/** The same, coarsely. A target is reached by more than its statement when more was counted than the statement told of, and something explains it. */
export function causeOf(group: TouchedTable, facts: Facts): Cause {
  const beyond = causesBeyond(group, facts);
  if (!isTarget(group, facts)) return oneOf(beyond);
  return beyond.size > 0 && tellsLess(facts) ? 'mixed' : 'statement';
}

function causesBeyond(group: TouchedTable, facts: Facts): ReadonlySet<Cause> {
  const found = new Set<Cause>();
  if (group.emptied ? group.via : reachedByKeys(group, facts)) found.add('cascade');
  if (firedTriggers(facts).some(({ trigger }) => trigger.mentions.some((id) => isTable(id, group, facts)))) found.add('trigger');
  if (isTarget(group, facts) || found.size > 0) return found;
  if (byInheritance(group, facts).length > 0) found.add('statement');
  else if (byTriggers(group, facts).length > 0) found.add('trigger');
  else if (facts.causes.views.length > 0) found.add(facts.causes.triggers.some(({ isInstead }) => isInstead) ? 'trigger' : 'statement');
  return found;
}

function oneOf(causes: ReadonlySet<Cause>): Cause {
  const [first = 'unknown', ...others] = causes;
  return others.length === 0 ? first : 'mixed';
}

function reachedByKeys(group: TouchedTable, facts: Facts): boolean {
  return facts.causes.foreignKeys.some((key) => {
    const parent = groupOf(key.parent, facts);
    return parent !== undefined && isTable(key.child, group, facts) && actionOf(key, parent, group) !== undefined;
  });
}

/** Rows that move between partitions are counted twice, as gone and as come. */
function tellsLess({ groups, stated, ...facts }: Facts): boolean {
  if (stated === undefined) return true;
  const counted = [...groups.values()].filter((group) => isTarget(group, { groups, ...facts })).reduce((sum, { counts: { inserted, updated, deleted } }) => sum + updated + Math.max(inserted, deleted), 0);
  return counted > stated;
}

function isTarget(group: TouchedTable, facts: Facts): boolean {
  return facts.causes.targets.some((target) => isTable(target, group, facts));
}

/** Whether the statements name the table, whatever else reached it. `why` is what `explainTable` says. */
export function isOfStatement(why: string): boolean {
  return why === 'statement' || why.startsWith('statement, ');
}

/**
 * `statement`, or in words what reached the table; several causes are joined by commas, `statement` first. Never empty.
 *
 * @param cause - as `causeOf` says it, or as it is known from elsewhere
 */
export function explainTable(group: TouchedTable, facts: Facts, cause = causeOf(group, facts)): string {
  const { causes } = facts;
  if (isTarget(group, facts)) return cause === 'mixed' ? ['statement', ...new Set(reasonsBeyond(group, facts))].join(', ') : 'statement';
  if (group.via) return `cascade from ${nameFor(group, group.via)}`;
  const keys = byForeignKeys(group, facts);
  const inherited = byInheritance(group, facts);
  const explained = inherited.length > 0 || operations.every((operation) => group.counts[operation] === 0 || keys.some((key) => key.operation === operation));
  const reasons = new Set([...keys.map(({ reason }) => reason), ...inherited, ...(explained ? [] : byTriggers(group, facts))]);
  if (reasons.size > 0) return [...reasons].join(', ');
  const [view] = causes.views;
  return view ? `through view ${nameFor(group, view)}` : 'code the statement calls';
}

/** What else reached a table that the statements name. */
function reasonsBeyond(group: TouchedTable, facts: Facts): readonly string[] {
  if (group.via) return [`cascade from ${nameFor(group, group.via)}`];
  const ownKeys = facts.causes.foreignKeys.filter(({ child, parent }) => isTable(child, group, facts) && isTable(parent, group, facts));
  const within = ownKeys.flatMap((key) => actionOf(key, group, group)?.action ?? []).map((action) => `${action} from its own rows`);
  const naming = firedTriggers(facts).filter(({ trigger }) => trigger.mentions.some((id) => isTable(id, group, facts)));
  return [...byForeignKeys(group, facts).map(({ reason }) => reason), ...within, ...namesOf(naming, group)];
}

type KeyCause = { readonly reason: string; readonly operation: keyof RowCounts };

function byForeignKeys(group: TouchedTable, facts: Facts): readonly KeyCause[] {
  return facts.causes.foreignKeys.flatMap((key) => {
    const parent = groupOf(key.parent, facts);
    if (!parent || parent.id === group.id || !isTable(key.child, group, facts)) return [];
    const action = actionOf(key, parent, group);
    return action === undefined ? [] : [{ reason: `${action.action} from ${nameFor(group, parent.table)}`, operation: action.operation }];
  });
}

/** What a key did to the referencing rows, judged by what was counted on both sides. */
function actionOf(
  { onDelete, onUpdate }: ForeignKey,
  parent: TouchedTable,
  child: TouchedTable,
): { readonly action: ReferentialAction; readonly operation: keyof RowCounts } | undefined {
  const removed = parent.counts.deleted > 0;
  if (removed && onDelete === 'cascade' && child.counts.deleted > 0) return { action: 'cascade', operation: 'deleted' };
  if (child.counts.updated === 0) return undefined;
  if (removed && (onDelete === 'set null' || onDelete === 'set default')) return { action: onDelete, operation: 'updated' };
  return parent.counts.updated > 0 && onUpdate !== 'none' ? { action: onUpdate, operation: 'updated' } : undefined;
}

function byInheritance(group: TouchedTable, facts: Facts): readonly string[] {
  const { inheritance, targets } = facts.causes;
  return inheritance
    .filter(({ child, parent }) => isTable(child, group, facts) && targets.includes(parent))
    .map(() => 'child table of the target');
}

type Fired = { readonly trigger: Trigger; readonly on: TouchedTable };

/** Triggers that fired on touched tables. */
function firedTriggers(facts: Facts): readonly Fired[] {
  return facts.causes.triggers.flatMap((trigger) => {
    const on = groupOf(trigger.table, facts);
    return on && hasFired(trigger, on) ? [{ trigger, on }] : [];
  });
}

function byTriggers(group: TouchedTable, facts: Facts): readonly string[] {
  const fired = firedTriggers(facts);
  const naming = fired.filter(({ trigger }) => trigger.mentions.some((id) => isTable(id, group, facts)));
  const candidates = naming.length > 0 ? naming : fired.filter(({ on }) => on !== group);
  if (candidates.length > 3) return ['several triggers'];
  return namesOf(candidates, group);
}

function namesOf(fired: readonly Fired[], group: TouchedTable): readonly string[] {
  return groupByTrigger(fired.map(({ trigger, on }) => ({ trigger: trigger.name, on: nameFor(group, on.table) })));
}

/** `trigger log_change on orders`, and of one that many tables have `trigger log_change on orders, payments and people`. */
export function groupByTrigger(fired: readonly { readonly trigger: string; readonly on: string }[]): readonly string[] {
  const tables = new Map<string, readonly string[]>();
  for (const { trigger, on } of fired) tables.set(trigger, [...(tables.get(trigger) ?? []), on]);
  return [...tables].map(([trigger, names]) => `trigger ${trigger} on ${names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`}`);
}

const operations = ['inserted', 'updated', 'deleted'] as const;
const countOf = { insert: 'inserted', update: 'updated', delete: 'deleted' } as const;

function hasFired({ events }: Trigger, { counts }: TouchedTable): boolean {
  return events.some((event) => counts[countOf[event]] > 0);
}

function groupOf(id: string, { groups, roots }: Facts): TouchedTable | undefined {
  return groups.get(roots.get(id) ?? id);
}

function isTable(id: string, group: TouchedTable, facts: Facts): boolean {
  return (facts.roots.get(id) ?? id) === group.id;
}

/** Another table as seen from this one: its schema only when it differs. */
function nameFor(group: TouchedTable, other: TableRef): string {
  return other.schema === group.table.schema ? other.table : `${other.schema}.${other.table}`;
}
