/**
 * Writes src/core/sql/mysql/functionNames.data.ts: which functions of real servers only compute, and how they are found.
 *
 * Usage: node scripts/generate-mysql-functions.mjs
 * Starts both servers and searches their programs for words: every word in them is tried as the name of a function. Nothing
 * is executed: the servers only prepare the calls.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import mysql from 'mysql2/promise';
import { isMain } from './lib/main.mjs';
import { startMariadb } from './lib/mariadb.mjs';
import { startMysql } from './lib/mysql.mjs';
import { root } from './lib/paths.mjs';

const target = path.join(root, 'src/core/sql/mysql/functionNames.data.ts');

/** "Does not exist", twice, and "syntax error": whatever else a server answers, the function is its own. */
const notOwn = new Set([1305, 1630, 1064]);
const userDefined = new Set([1305, 1630]);

/** Functions take different arguments; one shape that fits is enough. */
const argumentLists = [
  '', '1', 'a', '1,1', '1,1,1', '1,1,1,1', '*', '1 using utf8mb4', '1 from 1', '1) over (order by 1', '1,1) over (order by 1', ') over (order by 1', '1 order by 1', 'day from now()', 'now(), interval 1 day', '1 as char',
  'day,1,1', "json_array(),'$' returning int", '1) within group (order by 1', '1 in 1',
];

/** A word that the grammar does not know is called like a stored function in all of these. */
const quickLists = ['1,1', '1,1) over (order by 1'];

/** Called by the server's own views only, or more than computing (see sideEffects.ts). */
const internal = /^(INTERNAL_|GET_DD_|GET_JDV|CAN_ACCESS_|CONVERT_CPU|CONVERT_INTERVAL|CURRENT_ROLE_IN|CURRENT_USER_IN|INNODB_|IS_VISIBLE_DD|REMOVE_DD|VERSION_WITH|ASYNCHRONOUS_|SQL_)/;
const sideEffects = words('GET_LOCK RELEASE_LOCK RELEASE_ALL_LOCKS SLEEP BENCHMARK LOAD_FILE MASTER_POS_WAIT SOURCE_POS_WAIT MASTER_GTID_WAIT WAIT_FOR_EXECUTED_GTID_SET WSREP_SYNC_WAIT_UPTO_GTID LAST_INSERT_ID NEXTVAL SETVAL');
/** Words that stand before a parenthesis without being functions. */
const grammar = words('ALL DISTINCT DISTINCTROW HIGH_PRIORITY NOT STRAIGHT_JOIN UNIQUE BINARY CHARACTER INTERVAL');
/** Functions whose arguments no list above fits. */
const peculiar = { mysql: words('JSON_TABLE JSON_VALUE GET_FORMAT TIMESTAMPADD TIMESTAMPDIFF'), mariadb: words('JSON_TABLE COLUMN_GET MEDIAN PERCENTILE_CONT PERCENTILE_DISC GET_FORMAT') };
/** TIMESTAMPADD and TIMESTAMPDIFF take part in the search; the rest is known to the grammar only. */
const peculiarKeywords = { mysql: words('JSON_TABLE JSON_VALUE GET_FORMAT'), mariadb: peculiar.mariadb };

function words(text) {
  return new Set(text.split(' '));
}

async function generate() {
  const servers = { mysql: await startMysql(), mariadb: await startMariadb() };
  const connections = { mysql: await connect(servers.mysql), mariadb: await connect(servers.mariadb) };
  try {
    const names = new Set([...(await wordsOf(servers.mysql.program)), ...(await wordsOf(servers.mariadb.program)), ...(await keywordsOf(connections.mysql)), ...(await keywordsOf(connections.mariadb)), ...(await documented(connections.mariadb))]);
    const [mysql, mariadb] = await Promise.all([probe('mysql', connections.mysql, names), probe('mariadb', connections.mariadb, names)]);
    await writeFile(target, render({ mysql, mariadb }));
    return names.size;
  } finally {
    await Promise.all(Object.values(connections).map((connection) => connection.end()));
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}

/** Without the flag the session would accept white space before every parenthesis. */
async function connect({ url }) {
  const connection = await mysql.createConnection({ uri: url, flags: ['-IGNORE_SPACE'] });
  await connection.query('CREATE DATABASE probe');
  await connection.query('USE probe');
  await connection.query('CREATE TABLE t (a int)');
  return connection;
}

/** In capitals or in small letters throughout: anything else is a name of C++. */
async function wordsOf(program) {
  const text = await readFile(program, 'latin1');
  const found = [...text.matchAll(/[A-Za-z][A-Za-z0-9_]{0,40}/g)].map(([word]) => word);
  const words = found.filter((word) => word === word.toUpperCase() || word === word.toLowerCase()).map((word) => word.toUpperCase());
  // A linker stores a text that another one ends with only once.
  return new Set(words.flatMap((word) => (word.startsWith('ST_') ? [word, word.slice(3)] : [word])));
}

async function keywordsOf(connection) {
  const [rows] = await connection.query('SELECT word AS name FROM information_schema.keywords');
  return rows.map(({ name }) => name).filter((name) => /^\w+$/.test(name));
}

async function documented(connection) {
  const [rows] = await connection.query('SELECT function AS name FROM information_schema.sql_functions');
  return rows.map(({ name }) => name);
}

async function probe(dialect, connection, names) {
  const generic = new Set();
  const keyword = new Set();
  const tight = new Set();
  const answers = async (call, lists = argumentLists) => Promise.all(lists.map((list) => prepare(connection, `SELECT ${call}(${list}) FROM t`)));
  for (const name of names) {
    if (internal.test(name) || sideEffects.has(name) || grammar.has(name)) continue;
    const isPeculiar = peculiar[dialect].has(name);
    if (!isPeculiar && (await answers(name, quickLists)).every((code) => userDefined.has(code))) continue;
    if (!isPeculiar && (await answers(name)).every((code) => notOwn.has(code))) continue;
    const isQuotable = !(await answers(`\`${name}\``)).some((code) => userDefined.has(code));
    if (isQuotable && !peculiarKeywords[dialect].has(name)) generic.add(name);
    else keyword.add(name);
    // Its place decides about JSON_TABLE, not a gap.
    if (name !== 'JSON_TABLE' && (await answers(`${name}/**/`)).some((code) => userDefined.has(code))) tight.add(name);
  }
  // MariaDB finds its shapes by name only with the right arguments, with or without a gap.
  for (const name of [...tight]) if (['POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON', 'GEOMETRYCOLLECTION'].includes(name)) tight.delete(name);
  return { generic, keyword, tight };
}

/** @returns the number of the server's error, 0 when it has none */
async function prepare(connection, statement) {
  try {
    await connection.query('PREPARE probe FROM ?', [statement]);
    return 0;
  } catch (error) {
    return error.errno;
  }
}

function render({ mysql: one, mariadb: other }) {
  const lists = ['generic', 'keyword', 'tight'].flatMap((kind) => {
    const [name, text] = described[kind];
    return [
      list(`${name}InBoth`, text, [...one[kind]].filter((word) => other[kind].has(word))),
      list(`${name}InMysql`, 'The same, MySQL only.', [...one[kind]].filter((word) => !other[kind].has(word))),
      list(`${name}InMariadb`, 'The same, MariaDB only.', [...other[kind]].filter((word) => !one[kind].has(word))),
    ];
  });
  lists.splice(3, 0, list('nativeElsewhere', 'Left the server for a component in MySQL 9.6.', ['MD5', 'SHA', 'SHA1']), list('nativeInNewerMariadb', 'Came with MariaDB 10.11 to 12.', newer));
  return `${head}\n${lists.join('\n')}`;
}

const newer = [
  'FORMAT_BYTES', 'FORMAT_PICO_TIME', 'JSON_ARRAY_INTERSECT', 'JSON_KEY_VALUE', 'JSON_OBJECT_FILTER_KEYS', 'JSON_OBJECT_TO_ARRAY', 'JSON_SCHEMA_VALID', 'KDF', 'UUID_V4', 'UUID_V7', 'VEC_DISTANCE', 'VEC_DISTANCE_COSINE',
  'VEC_DISTANCE_EUCLIDEAN', 'VEC_FROMTEXT', 'VEC_TOTEXT',
];

const described = {
  generic: ['native', 'Found by name before any stored function, quoted or not, with or without white space before the parenthesis.'],
  keyword: ['keyword', 'Known to the grammar only when written without quotes: `` `now`() `` calls a stored function.'],
  tight: ['tight', 'Functions only when the parenthesis follows at once: `now ()` calls a stored function unless sql_mode has IGNORE_SPACE.'],
};

const head = `/**
 * Functions that change nothing, by how the server finds them. Data, written by scripts/generate-mysql-functions.mjs.
 *
 * Taken from MySQL 9.7.4 and MariaDB 10.11.18 by asking each server to prepare a call of every word in its program:
 * what it answers with "function does not exist" would be a stored function or a loadable one, and those may do anything.
 * Functions with an effect (locks, waiting, files, sequences) are in sideEffects.ts.
 */
`;

function list(name, text, names) {
  const lines = [];
  for (const word of names.toSorted()) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 5 <= 119) lines[lines.length - 1] = `${last} '${word}',`;
    else lines.push(`  '${word}',`);
  }
  return `/** ${text} */\nexport const ${name} = [\n${lines.join('\n')}\n] as const;\n`;
}

if (isMain(import.meta.url)) console.log(`${await generate()} words tried`);
