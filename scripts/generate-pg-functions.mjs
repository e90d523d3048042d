/**
 * Writes src/core/sql/postgres/functions.data.ts: what real PostgreSQL servers have in `pg_catalog` that only computes.
 *
 * Usage: node scripts/generate-pg-functions.mjs [postgresql://… of an older server]…
 * The newest server is the one of the npm package; without others, the names of older servers are kept from the file.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { isMain } from './lib/main.mjs';
import { root } from './lib/paths.mjs';
import { startPostgres } from './lib/postgres.mjs';

const folder = path.join(root, 'src/core/sql/postgres');
const target = path.join(folder, 'functions.data.ts');

/** Functions that can be called in SQL: nothing internal in or out, and no triggers. */
const functions = `
  SELECT proname AS name, bool_or(provolatile = 'v') AS volatile
  FROM pg_proc
  WHERE pronamespace = 'pg_catalog'::regnamespace
    AND NOT ('internal'::regtype = ANY (string_to_array(proargtypes::text, ' ')::oid[]))
    AND prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
    AND proname !~ 'handler$'
  GROUP BY 1`;
const operators = `SELECT DISTINCT oprname AS name FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace`;
/** Base, range and multirange types and pseudo-types. No domains: they may have checks. */
const types = `
  SELECT DISTINCT typname AS name FROM pg_type
  WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm', 'p') AND typname !~ '^_'`;
/** Columns of the rows functions return. */
const columns = `
  SELECT DISTINCT argument.name
  FROM pg_proc, unnest(proargnames, proargmodes::text[]) AS argument (name, mode)
  WHERE pronamespace = 'pg_catalog'::regnamespace AND argument.mode IN ('o', 't', 'b')`;

async function generate(urls) {
  const server = await startPostgres({ name: 'functions' });
  try {
    const catalogues = await Promise.all([...urls, server.url()].map(readCatalogue));
    catalogues.sort((a, b) => a.version - b.version);
    const { reviewedFunctions } = await import(path.join(folder, 'reviewedFunctions.data.ts'));
    const reviewed = new Set(reviewedFunctions.flatMap(({ names }) => names.split(/\s+/)));
    refuseUnreviewed(catalogues, reviewed);
    await writeFile(target, render(catalogues, reviewed));
    return catalogues.map(({ version }) => version);
  } finally {
    await server.stop();
  }
}

async function readCatalogue(connectionString) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query('SHOW server_version_num');
    const names = async (text) => (await client.query(text)).rows;
    return {
      version: Math.floor(Number(rows[0].server_version_num) / 10_000),
      functions: await names(functions),
      operators: (await names(operators)).map(({ name }) => name),
      types: (await names(types)).map(({ name }) => name),
      columns: (await names(columns)).map(({ name }) => name),
    };
  } finally {
    await client.end();
  }
}

/** A new volatile function has to be read by a person before the list can be made. */
function refuseUnreviewed(catalogues, reviewed) {
  const missing = catalogues.flatMap((catalogue) => catalogue.functions.filter(({ name, volatile }) => volatile && !reviewed.has(name)).map(({ name }) => name));
  if (missing.length > 0) throw new Error(`Review these volatile functions first (reviewedFunctions.data.ts): ${[...new Set(missing)].join(' ')}`);
}

function render(catalogues, reviewed) {
  const volatile = new Set(catalogues.flatMap((catalogue) => catalogue.functions.filter((entry) => entry.volatile).map(({ name }) => name)));
  const allowed = (catalogue) => catalogue.functions.map(({ name }) => name).filter((name) => !volatile.has(name) && !reviewed.has(name));
  const lists = [
    ['computingFunctions', 'Functions of which every overload is immutable or stable, in every server that has them.', union(catalogues.map(allowed))],
    ['builtInOperators', 'Names of operators.', union(catalogues.map((catalogue) => catalogue.operators))],
    ['builtInTypes', 'Names of types without those of arrays and domains.', union(catalogues.map((catalogue) => catalogue.types))],
    ['builtInColumns', 'Names of columns in the rows that built-in functions return.', union(catalogues.map((catalogue) => catalogue.columns))],
  ];
  const versions = catalogues.map(({ version }) => version).join(' and ');
  const header = `/** Made by scripts/generate-pg-functions.mjs from \`pg_catalog\` of PostgreSQL ${versions}. Do not edit. */\n`;
  return header + lists.map(([name, about, names]) => `\n/** ${about} */\nexport const ${name} = \`${wrap(names)}\`;\n`).join('');
}

function union(lists) {
  return [...new Set(lists.flat())].sort();
}

/** A template literal of lines that stay readable in a diff. */
function wrap(names) {
  const lines = [];
  let line = '';
  for (const name of names.map((each) => each.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${'))) {
    if (line.length + name.length > 140) {
      lines.push(line);
      line = '';
    }
    line += ` ${name}`;
  }
  return `\n${[...lines, line].map((each) => ` ${each}`).join('\n')}\n`;
}

if (isMain(import.meta.url)) {
  const versions = await generate(process.argv.slice(2));
  console.log(`✔ ${path.relative(root, target)}: PostgreSQL ${versions.join(', ')}`);
}
