/** The demo: two databases on a server of our own and a workspace that leads through them. Kept in the cache between starts. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheDir, root } from './paths.mjs';
import { freePort, isFree, startPostgres } from './postgres.mjs';
import { serverHome } from './serverHome.mjs';

const scripts = path.join(root, 'scripts/demo');
/** A new number makes the databases anew at the next start. */
const contents = 1;

export const demoPassword = 'demo';
export const demoDatabases = [
  { connection: 'shop-prod', environment: 'production', database: 'shop', customers: 5209 },
  { connection: 'shop-staging', environment: 'staging', database: 'shop_staging', customers: 211 },
];

/** Folders of one demo; those of the automatic check are its own, so that it disturbs nobody. */
export async function demoFolders(name) {
  return {
    // The server's user must reach its data, which as root is not everywhere.
    server: path.join(await serverHome(), `${name}-server-${contents}`),
    editor: path.join(cacheDir, `${name}-editor`),
    workspace: path.join(cacheDir, name),
    /** What the second person keeps to themselves. */
    person: path.join(cacheDir, `${name}-second-person`),
  };
}

export async function removeDemo(folders) {
  await Promise.all(Object.values(folders).map((folder) => rm(folder, { recursive: true, force: true })));
}

/** Starts the server, on the port it had before where that is free, and fills it when it is new. */
export async function startDemoServer(folders) {
  const portFile = path.join(folders.editor, 'server-port');
  const port = await rememberedPort(portFile);
  // A start that was killed half-way left databases that are not whole.
  const done = path.join(folders.server, 'data/demo-is-complete');
  if (!existsSync(done)) await rm(folders.server, { recursive: true, force: true });
  const server = await startPostgres({ name: 'countersign-demo', folder: folders.server, auth: 'scram', tls: true, ...(port ? { port } : {}) });
  if (!existsSync(done)) {
    await fill(server);
    await writeFile(done, '');
  }
  await mkdir(path.dirname(portFile), { recursive: true });
  await writeFile(portFile, String(server.port));
  return server;
}

/** The port of the last start, if it is free now. */
async function rememberedPort(file) {
  const port = Number(await readFile(file, 'utf8').catch(() => ''));
  return port > 0 && (await isFree(port)) ? port : undefined;
}

async function fill(server) {
  const sql = Object.fromEntries(await Promise.all(['schema', 'seed', 'grants'].map(async (name) => [name, await readFile(path.join(scripts, `${name}.sql`), 'utf8')])));
  await server.query(`CREATE ROLE shop_owner NOLOGIN; CREATE ROLE app_rw LOGIN PASSWORD '${demoPassword}'`);
  for (const { database, customers } of demoDatabases) {
    await server.createDatabase(database);
    await server.query(`ALTER DATABASE ${database} OWNER TO shop_owner; ALTER DATABASE ${database} SET timezone = 'UTC'`);
    const settings = `SET ROLE shop_owner; SET client_min_messages = warning; SET demo.customers = ${customers};`;
    for (const script of [sql.schema, sql.seed]) await server.query(settings + script, [], database);
    await server.query(sql.grants, [], database);
  }
}

/** How many rows the tables of a database hold, as its last ANALYZE saw it. */
export async function countRows(server, database) {
  const { rows } = await server.query("SELECT sum(greatest(reltuples, 0))::int AS rows FROM pg_class WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'audit'::regnamespace)", [], database);
  return rows[0].rows;
}

/** Lays out the tour; files that are there stay as they are, except for the port. */
export async function prepareWorkspace(folders, server) {
  await mkdir(path.join(folders.workspace, '.countersign'), { recursive: true });
  await cp(path.join(scripts, 'workspace'), folders.workspace, { recursive: true, force: false });
  // The demo's server has the certificate of the tests; whoever checks it needs their authority.
  await cp(path.join(root, 'test/support/tls/ca.crt'), path.join(folders.workspace, '.countersign/ca.pem'));
  const file = path.join(folders.workspace, '.countersign/team.jsonc');
  const text = await readFile(file, 'utf8').catch(() => teamFile());
  await writeFile(file, text.replace(/"port": \d+/g, `"port": ${server.port}`));
}

function teamFile() {
  const tls = { production: '"verify-full", "ca": ".countersign/ca.pem"', staging: '"require"' };
  const lines = demoDatabases.map(({ connection, environment, database }) =>
    [
      '    {',
      `      "name": "${connection}", "environment": "${environment}",`,
      `      "host": "127.0.0.1", "port": 0, "user": "app_rw", "database": "${database}",`,
      `      "tls": { "mode": ${tls[environment]} }`,
      '    }',
    ].join('\n'),
  );
  // The second person of the demo answers at a terminal, with a key in a file.
  const rule = '{ "match": { "env": "production", "class": ["destructive", "privilege", "admin", "unknown"] }, "approvals": 1, "roles": [], "assurance": "software", "effectMatch": "exact", "ttlMinutes": 15, "audit": "spool", "breakGlass": false }';
  return `// Connections the whole team uses, and when somebody else must confirm. There is never a password in here.
{
  "version": 1,
  "connections": [
${lines.join(',\n')}
  ],
  // Good enough for a demo. Where it matters, "assurance" is "uv": a passkey that asks for a finger, a face or a PIN.
  "policy": { "confirmations": [
    ${rule}
  ] }
}
`;
}

/** A port for the editor that stays the same: what the browser keeps for it, passwords included, belongs to the address. */
export async function editorPort(folders) {
  const file = path.join(folders.editor, 'editor-port');
  const port = (await rememberedPort(file)) ?? (await freePort());
  await mkdir(folders.editor, { recursive: true });
  await writeFile(file, String(port));
  return port;
}
