/** Writes src/core/sql/postgres/nodes.data.ts: the nodes PostgreSQL's parser can make, from the typings of libpg-query. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isMain } from './lib/main.mjs';
import { root } from './lib/paths.mjs';

const target = path.join(root, 'src/core/sql/postgres/nodes.data.ts');

/** Made by analysis, planning or PL/pgSQL, or part of other answers of the library: never in a parse tree. */
const notParsed = new Set(
  `ParseResult ScanResult OidList IntList TableFunc Var Param Aggref WindowFunc WindowFuncRunCondition SubscriptingRef FuncExpr OpExpr
  DistinctExpr NullIfExpr ScalarArrayOpExpr SubPlan AlternativeSubPlan FieldSelect FieldStore RelabelType CoerceViaIO ArrayCoerceExpr
  ConvertRowtypeExpr CollateExpr CaseTestExpr ArrayExpr RowCompareExpr JsonConstructorExpr JsonExpr JsonTablePath JsonTablePathScan
  JsonTableSiblingJoin MergeAction CoerceToDomain CoerceToDomainValue NextValueExpr InferenceElem ReturningExpr TargetEntry RangeTblRef
  FromExpr OnConflictExpr Query RangeTblEntry RTEPermissionInfo RangeTblFunction TableSampleClause WithCheckOption SortGroupClause
  WindowClause RowMarkClause SetOperationStmt PLAssignStmt InlineCodeBlock CallContext ScanToken SummaryResult Table Function FilterColumn
  RawStmt`.split(/\s+/),
);
/** Fields that only analysis fills in. */
const notParsedFields = new Set(['xpr', 'cooked_default', 'cooked_expr', 'viewQuery', 'formatted_expr', 'funcexpr', 'outargs', 'typid', 'typeOid']);

async function generate() {
  const typings = await readFile(path.join(root, 'node_modules/@pgsql/types/types.d.ts'), 'utf8');
  const { version } = JSON.parse(await readFile(path.join(root, 'node_modules/libpg-query/package.json'), 'utf8'));
  const nodes = [...typings.matchAll(/export interface (\w+) \{([^}]*)\}/g)].map(([, name, body]) => ({ name, fields: readFields(body) }));
  const known = new Set(nodes.map(({ name }) => name));
  const lines = nodes.filter(({ name }) => !notParsed.has(name)).map(({ name, fields }) => `  ${name}: '${fields.map((field) => render(field, known)).join(' ')}',`);
  await writeFile(target, `${header(version)}${lines.join('\n')}\n};\n`);
  return lines.length;
}

function readFields(body) {
  return [...body.matchAll(/(\w+)\?: (\w+)(\[\])?;/g)].map(([, name, type, list]) => ({ name, type, isList: list !== undefined })).filter(({ name }) => !notParsedFields.has(name));
}

function render({ name, type }, known) {
  if (type === 'Node') return `${name}*`;
  return known.has(type) ? `${name}:${type}` : name;
}

function header(version) {
  return `/** Made by scripts/generate-pg-nodes.mjs from the typings of libpg-query ${version}. Do not edit. */

/**
 * Every node of a parse tree with its fields. \`field*\` holds a node or a list of nodes, each as \`{ Type: {…} }\`;
 * \`field:Type\` holds a node without that wrapper; a bare \`field\` holds a plain value.
 */
export const parseNodes: Readonly<Record<string, string>> = {
`;
}

if (isMain(import.meta.url)) console.log(`✔ ${path.relative(root, target)}: ${await generate()} nodes`);
