/** Looks at what a statement names, without running it. Asked on the line beside, which the server keeps read-only. */
import type { AloneRequest } from '../../app/ports.ts';
import { inspectionOf, type InspectedRelation } from '../../core/effect/inspectedObjects.ts';
import type { Inspection } from '../../core/effect/inspection.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import { textLiteral } from './change/asking.ts';
import { alterWay } from './alterWay.ts';
import { shortDeadlineMs, type Context } from './context.ts';
import type { Line } from './line.ts';

type Name = { readonly schema: string | undefined; readonly table: string };
type Row = readonly (string | null)[];

/** Never rejects. */
export async function inspectStatement(context: Context, { statement, limits }: Pick<AloneRequest, 'statement' | 'limits'>): Promise<Inspection> {
  const names = namesOf(statement);
  const line = await context.metadata();
  if (!line) return { facts: [], unknown: [unasked] };
  const relations: InspectedRelation[] = [];
  const engines: string[] = [];
  for (const name of names) {
    const found = await inspectTable(line, name, context.guards.get('database') ?? context.server.database);
    if (found === 'unanswered') return { facts: [], unknown: [unasked] };
    if (!found) continue;
    relations.push(found.relation);
    if (found.engine !== '') engines.push(`${found.relation.name} is kept by ${found.engine}.`);
  }
  const way = engines.every((each) => each.endsWith(' InnoDB.')) ? await alterWay(context, statement, { limits, found: relations.length > 0 }) : undefined;
  const { facts, unknown } = inspectionOf({ relations, database: null, setting: null }, isMade(statement) ? relations.length : names.length);
  return {
    facts: [...facts, ...[...new Set(engines)].map((text) => ({ label: 'Engine', text })), ...(way?.facts ?? [])],
    // A user without the privilege sees none where there are some.
    unknown: [...unknown, ...(way?.unknown ?? []), ...(relations.length > 0 && relations.every(({ triggers }) => triggers === null) ? ['Triggers are listed only for those who hold the TRIGGER privilege: there may be some.'] : [])],
  };
}

const unasked = 'The server could not be asked what the statement is about.';

/** What a statement makes is not there yet. */
function isMade({ kind }: ClassifiedStatement): boolean {
  return kind.startsWith('create-') || kind.startsWith('rename-');
}

async function inspectTable(line: Line, { schema, table }: Name, current: string): Promise<{ readonly relation: InspectedRelation; readonly engine: string } | 'unanswered' | undefined> {
  const place = textLiteral(schema ?? current);
  const name = textLiteral(table);
  const about = await rowsOf(line, `SELECT table_schema, table_name, coalesce(engine, ''), table_type, table_rows, data_length + index_length,
    (SELECT count(DISTINCT s.index_name) FROM information_schema.statistics s WHERE s.table_schema = t.table_schema AND s.table_name = t.table_name)
    FROM information_schema.tables t WHERE t.table_schema = ${place} AND t.table_name = ${name}`);
  if (!about) return 'unanswered';
  const [row] = about;
  if (!row) return undefined;
  const [foundSchema, foundTable, engine, type, rows, bytes, indexes] = row;
  const list = async (sql: string): Promise<readonly string[] | null> => (await rowsOf(line, sql))?.map(([first]) => first ?? '') ?? null;
  const triggers = await list(`SELECT trigger_name FROM information_schema.triggers WHERE event_object_schema = ${place} AND event_object_table = ${name} ORDER BY 1 LIMIT 30`);
  return {
    engine: engine ?? '',
    relation: {
      name: `${foundSchema ?? ''}.${foundTable ?? ''}`,
      kind: type === 'VIEW' ? 'v' : 'r',
      bytes: bytes == null ? null : Number(bytes),
      rows: rows == null ? null : Number(rows),
      indexes: Number(indexes ?? 0),
      keys: await list(`SELECT concat(constraint_name, ' on ', constraint_schema, '.', table_name) FROM information_schema.referential_constraints
        WHERE unique_constraint_schema = ${place} AND referenced_table_name = ${name} AND NOT (constraint_schema = ${place} AND table_name = ${name}) ORDER BY 1 LIMIT 30`),
      views: await list(`SELECT concat(table_schema, '.', table_name) FROM information_schema.views
        WHERE locate(concat('\`', ${place}, '\`.\`', ${name}, '\`'), view_definition) > 0 ORDER BY 1 LIMIT 30`),
      // An empty list may be a missing privilege.
      triggers: triggers && triggers.length > 0 ? triggers : null,
      functions: await list(`SELECT concat(routine_schema, '.', routine_name) FROM information_schema.routines
        WHERE routine_schema = ${place} AND locate(${name}, routine_definition) > 0 ORDER BY 1 LIMIT 30`),
      grants: await list(`SELECT DISTINCT grantee FROM information_schema.table_privileges WHERE table_schema = ${place} AND table_name = ${name} ORDER BY 1 LIMIT 30`),
    },
  };
}

async function rowsOf(line: Line, sql: string): Promise<readonly Row[] | undefined> {
  const end = await line.run(sql, { deadlineMs: shortDeadlineMs });
  return end.kind === 'complete' ? (end.results[0]?.rows ?? []) : undefined;
}

function namesOf({ targets }: ClassifiedStatement): readonly Name[] {
  const names = targets.map(({ schema, table }): Name => ({ schema, table }));
  return names.filter((name, index) => names.findIndex(({ schema, table }) => schema === name.schema && table === name.table) === index);
}
