/** What a change may write, found out before anything runs: its own tables, those its foreign keys reach, those triggers name. */
import { reachableTables, type WalkKey } from '../../../core/effect/mysql/foreignKeyWalk.ts';
import { mentionsOf } from '../../../core/effect/mysql/mentions.ts';
import { writeShapeOf, type RowsShape, type WriteShape } from '../../../core/effect/mysql/writeShape.ts';
import type { TableRef } from '../../../core/effect/preview.ts';
import type { LexicalMode, MysqlDialect } from '../../../core/sql/mysql/tokens.ts';
import type { ClassifiedStatement } from '../../../core/sql/verdict.ts';
import type { Line } from '../line.ts';
import {
  readBehindHiddenTriggers, readForeignKeys, readRoutinesNamed, readTables, readTablesNamed, readTransactionalEngines, readTriggers, readViewBodies, refOf, tableId,
  type TableFacts, type TableId, type TriggerFacts,
} from './catalog.ts';

/** A table whose rows a statement takes by itself. */
export type TakenTable = {
  readonly facts: TableFacts;
  /** What stands before its columns in the statement. */
  readonly qualifier: string;
  /** Columns the statement assigns to; empty for DELETE. */
  readonly assigned: readonly string[];
};

export type PlannedStatement = {
  readonly text: string;
  readonly write:
    | { readonly kind: 'rows'; readonly shape: RowsShape; readonly taken: readonly TakenTable[] }
    | { readonly kind: 'adds'; readonly mode: 'insert' | 'upsert' | 'replace'; readonly facts: TableFacts }
    /** Its text does not say which rows; `targets` as far as they are known. */
    | { readonly kind: 'opaque'; readonly targets: readonly TableFacts[] }
    | { readonly kind: 'nothing' };
};

export type Plan = {
  readonly dialect: MysqlDialect;
  readonly statements: readonly PlannedStatement[];
  /** Grows when it turns out that others were written to. */
  readonly tables: Map<TableId, TableFacts>;
  readonly foreignKeys: readonly WalkKey[];
  readonly triggers: readonly TriggerFacts[];
  /** Triggers of every table that was looked at; the change fires those among them that are in `triggers`. */
  readonly known: readonly TriggerFacts[];
  /** Tables that triggers, or code they call, name. */
  readonly mentioned: ReadonlyMap<TriggerFacts, readonly TableId[]>;
  /** Views that the statements write through. */
  readonly views: readonly TableRef[];
  /** Tables behind these views. */
  readonly viewTables: readonly TableId[];
  /** Tables whose engine keeps no transactions. */
  readonly untransactional: readonly TableFacts[];
};

export type PlanRequest = { readonly statements: readonly ClassifiedStatement[]; readonly database: string; readonly dialect: MysqlDialect; readonly versionNumber: number };

/** Code calls code: deeper than this nobody looks. */
const maxDepth = 6;
const maxTables = 300;

/** Throws `Unanswered`. */
export async function planChange(line: Line, request: PlanRequest): Promise<Plan> {
  return await new Planner(line, request).plan();
}

/** The session reads quotes like this; its guards see to it. */
export function lexicalMode(dialect: MysqlDialect): LexicalMode {
  return { dialect, ansiQuotes: false, noBackslashEscapes: false, swallowingCharset: false };
}

class Planner {
  readonly #line: Line;
  readonly #request: PlanRequest;
  readonly #tables = new Map<TableId, TableFacts>();
  /** Triggers of every table that was looked at. */
  readonly #known: TriggerFacts[] = [];
  /** Those that may fire. */
  readonly #triggers: TriggerFacts[] = [];
  /** What the statements do to their own tables. */
  readonly #events = new Map<TableId, Set<TriggerFacts['event']>>();
  readonly #mentioned = new Map<TriggerFacts, readonly TableId[]>();
  readonly #viewTables = new Set<TableId>();
  #own: readonly { readonly ref: TableRef; readonly events: readonly TriggerFacts['event'][] }[] = [];
  #foreignKeys: readonly WalkKey[] = [];

  constructor(line: Line, request: PlanRequest) {
    this.#line = line;
    this.#request = request;
  }

  async plan(): Promise<Plan> {
    const mode = lexicalMode(this.#request.dialect);
    const shaped = this.#request.statements.map((statement) => ({ statement, shape: shapeOf(statement, mode) }));
    this.#foreignKeys = await readForeignKeys(this.#line);
    const named = shaped.flatMap(({ statement, shape }) => this.#named(statement, shape).map((ref) => ({ ref, events: eventsOf(shape) })));
    this.#own = named;
    await this.#learn(named.map(({ ref }) => ref));
    await this.#learn(await readBehindHiddenTriggers(this.#line, named.map(({ ref }) => ref)));
    const statements = shaped.map(({ statement, shape }) => this.#planStatement(statement, shape));
    const transactional = await readTransactionalEngines(this.#line);
    return {
      dialect: this.#request.dialect,
      statements,
      tables: this.#tables,
      foreignKeys: this.#foreignKeys,
      triggers: this.#triggers,
      known: this.#known,
      mentioned: this.#mentioned,
      views: [...this.#tables.values()].filter(({ isView, ref }) => isView && shaped.some(({ statement, shape }) => this.#named(statement, shape).some((name) => isSame(name, ref)))).map(({ ref }) => ref),
      viewTables: [...this.#viewTables],
      untransactional: [...this.#tables.values()].filter(({ isView, engine }) => !isView && engine !== '' && !transactional.has(engine.toLowerCase())),
    };
  }

  /** Tables that a statement says it writes to. */
  #named({ targets }: ClassifiedStatement, shape: WriteShape): readonly TableRef[] {
    const names = shape.kind === 'rows' ? shape.tables : shape.kind === 'adds' ? [shape.table] : [];
    const written = [...names, ...targets.filter(({ access }) => access === 'write')];
    return written.map(({ schema, table }) => ({ schema: schema ?? this.#request.database, table }));
  }

  /** Reads about these tables and about everything that a write to them can reach. */
  async #learn(names: readonly TableRef[]): Promise<void> {
    let wanted = names;
    for (let depth = 0; wanted.length > 0 && depth < maxDepth && this.#tables.size < maxTables; depth += 1) {
      const found = (await readTables(this.#line, wanted)).filter(({ id, ref }) => !this.#tables.has(id) && wanted.some((name) => isSame(name, ref)));
      for (const facts of found) this.#note(facts);
      const behind = await this.#behindViews(found.filter(({ isView }) => isView));
      const reached = found.flatMap(({ id }) => reachableTables(this.#foreignKeys, id).map(refOf));
      this.#known.push(...(await readTriggers(this.#line, found.filter((facts) => !facts.isView).map(({ ref }) => ref))));
      const named = await this.#namedByTriggers();
      wanted = [...behind, ...named, ...reached].filter((ref) => !this.#tables.has(tableId(ref)));
    }
  }

  #note(facts: TableFacts): void {
    this.#tables.set(facts.id, facts);
    const events = this.#own.filter(({ ref }) => isSame(ref, facts.ref)).flatMap((own) => own.events);
    if (events.length > 0) this.#events.set(facts.id, new Set(events));
  }

  async #behindViews(views: readonly TableFacts[]): Promise<readonly TableRef[]> {
    const bodies = await readViewBodies(this.#line, views.map(({ ref }) => ref));
    const tables: TableRef[] = [];
    for (const { body } of bodies) {
      const { names } = mentionsOf(body, lexicalMode(this.#request.dialect));
      tables.push(...(await readTablesNamed(this.#line, names)).filter(({ schema }) => names.has(schema.toLowerCase())));
    }
    for (const table of tables) this.#viewTables.add(tableId(table));
    return tables;
  }

  /** Tables named by triggers that may fire. A trigger may fire others, so this goes on until no more do. */
  async #namedByTriggers(): Promise<readonly TableRef[]> {
    const named: TableRef[] = [];
    for (let trigger = this.#nextFired(); trigger; trigger = this.#nextFired()) {
      this.#triggers.push(trigger);
      named.push(...(await this.#tablesNamedIn(trigger)));
    }
    return named;
  }

  #nextFired(): TriggerFacts | undefined {
    return this.#known.find((trigger) => !this.#triggers.includes(trigger) && this.#mayFire(trigger));
  }

  /** Foreign keys fire no triggers, except where MySQL 9 is told to let them. */
  #mayFire({ table, event }: TriggerFacts): boolean {
    const { dialect, versionNumber } = this.#request;
    if (this.#events.get(table)?.has(event) === true || this.#viewTables.has(table)) return true;
    if ([...this.#mentioned.values()].some((ids) => ids.includes(table))) return true;
    const isReached = [...this.#events.keys()].some((id) => reachableTables(this.#foreignKeys, id).includes(table));
    return isReached && dialect === 'mysql' && versionNumber >= 90_000;
  }

  async #tablesNamedIn(trigger: TriggerFacts): Promise<readonly TableRef[]> {
    const tables = await tablesNamedIn(this.#line, trigger, this.#request.dialect);
    this.#mentioned.set(trigger, tables.map(tableId));
    return tables;
  }

  #planStatement(statement: ClassifiedStatement, shape: WriteShape): PlannedStatement {
    const { text } = statement;
    const targets = this.#named(statement, shape).flatMap((name) => this.#find(name) ?? []);
    if (statement.class === 'read' || statement.class === 'session') return { text, write: { kind: 'nothing' } };
    if (shape.kind === 'adds') {
      const [facts] = targets;
      if (facts && !facts.isView) return { text, write: { kind: 'adds', mode: shape.mode, facts } };
    }
    if (shape.kind === 'rows') {
      const taken = this.#taken(shape);
      if (taken.length > 0 && taken.every(({ facts }) => !facts.isView)) return { text, write: { kind: 'rows', shape, taken } };
    }
    return { text, write: { kind: 'opaque', targets } };
  }

  #taken({ operation, tables, assigned }: RowsShape): readonly TakenTable[] {
    return tables.flatMap((table): readonly TakenTable[] => {
      const facts = this.#find({ schema: table.schema ?? this.#request.database, table: table.table });
      if (!facts) return [];
      const { qualifier, called } = table;
      if (operation === 'delete') return [{ facts, qualifier, assigned: [] }];
      const columns = assigned.filter((name) => (name.qualifier === undefined ? facts.columns.some((own) => isAlike(own.name, name.column)) : isAlike(name.qualifier, called)));
      return columns.length === 0 ? [] : [{ facts, qualifier, assigned: columns.map(({ column }) => column) }];
    });
  }

  #find(name: TableRef): TableFacts | undefined {
    return this.#tables.get(tableId(name)) ?? [...this.#tables.values()].find(({ ref }) => isSame(name, ref));
  }
}

/** Tables that a trigger names, or code it calls. Throws `Unanswered`. */
export async function tablesNamedIn(line: Line, trigger: TriggerFacts, dialect: MysqlDialect): Promise<readonly TableRef[]> {
  const names = new Set<string>();
  let bodies = [trigger.body];
  for (let depth = 0; bodies.length > 0 && depth < maxDepth; depth += 1) {
    const fresh = new Set(bodies.flatMap((body) => [...mentionsOf(body, modeOf(dialect, trigger.sqlMode)).names]).filter((name) => !names.has(name)));
    for (const name of fresh) names.add(name);
    bodies = (await readRoutinesNamed(line, fresh)).map(({ body }) => body);
  }
  return (await readTablesNamed(line, names)).filter(({ schema }) => schema === trigger.schema || names.has(schema.toLowerCase()));
}

function eventsOf(shape: WriteShape): readonly TriggerFacts['event'][] {
  switch (shape.kind) {
    case 'rows':
      return [shape.operation];
    case 'adds':
      return shape.mode === 'insert' ? ['insert'] : shape.mode === 'upsert' ? ['insert', 'update'] : ['insert', 'delete'];
    case 'opaque':
      return ['insert', 'update', 'delete'];
  }
}

/** Code of users may do anything, and asking for the rows first would run it twice. */
function shapeOf(statement: ClassifiedStatement, mode: LexicalMode): WriteShape {
  return statement.class === 'unknown' ? { kind: 'opaque' } : writeShapeOf(statement.text, mode);
}

function modeOf(dialect: MysqlDialect, sqlMode: string): LexicalMode {
  const modes = new Set(sqlMode.split(','));
  return { ...lexicalMode(dialect), ansiQuotes: modes.has('ANSI_QUOTES'), noBackslashEscapes: modes.has('NO_BACKSLASH_ESCAPES') };
}

/** Whether case matters depends on the server and its file system; a name too many costs a look, one too few an effect. */
function isSame(a: TableRef, b: TableRef): boolean {
  return isAlike(a.schema, b.schema) && isAlike(a.table, b.table);
}

function isAlike(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
