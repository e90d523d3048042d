/** What it costs to know what a text does: reading a megabyte, and the verdict that a run waits for. */
import { loadModule, parseSync } from 'libpg-query';
import { createAnalyser } from '../../src/adapters/sql/analyser.ts';
import { classifyMysql, splitMysql } from '../../src/core/sql/mysql/classifyMysql.ts';
import { splitPostgres } from '../../src/core/sql/postgres/split.ts';
import type { Dialect } from '../../src/core/sql/verdict.ts';

export type Bench = {
  readonly add: (what: string, ours: number, baseline: number, unit: string) => void;
  /** The least of several runs. */
  readonly best: (measure: () => Promise<number>) => Promise<number>;
  /** The longest time nothing else got its turn. */
  readonly stall: (work: () => Promise<unknown>) => Promise<number>;
};

const dialects = ['postgresql', 'mysql', 'mariadb'] as const satisfies readonly Dialect[];
const megabyte = `SELECT a, 'it''s' FROM t -- note\nWHERE id = 1;\nUPDATE t SET a = 'x;y' WHERE id = 2;\n`.repeat(11_900);
const rows = `INSERT INTO t VALUES ${Array.from({ length: 4000 }, (_, index) => `(${String(index)}, 'name ${String(index)}')`).join(', ')}`;
const hostile = [`SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`, `SELECT 1 ${'/*'.repeat(50_000)}`, `SELECT 1 IN (${Array.from({ length: 100_000 }, (_, index) => index).join(',')})`, `SELECT '${'x'.repeat(20_000_000)}'`];

export async function sqlFigures({ add, best, stall }: Bench): Promise<void> {
  const time = (work: () => unknown) => best(async () => await timed(work));
  const characters = await time(() => sumOfCharacters(megabyte));
  add('split 1 MB of PostgreSQL, against reading its characters', await time(() => splitPostgres(megabyte)), characters, 'ms');
  add('split 1 MB of MySQL, against reading its characters', await time(() => splitMysql(megabyte, 'mysql')), characters, 'ms');
  add('split and classify 1 MB of MySQL, against splitting it', await time(() => classifyMysql(megabyte, 'mysql')), await time(() => splitMysql(megabyte, 'mysql')), 'ms');
  const analyser = createAnalyser();
  await loadModule();
  const grammar = { short: await time(() => parseSync('SELECT 1')), long: await time(() => parseSync(rows)) };
  for (const dialect of dialects) {
    await analyser.analyse('SELECT 1', dialect);
    add(`${dialect}: verdict on SELECT 1, against the bare grammar`, await time(() => analyser.analyse('SELECT 1', dialect)), grammar.short, 'ms');
    add(`${dialect}: verdict on a statement of ${String(Math.round(rows.length / 1024))} KB, against the bare grammar`, await time(() => analyser.analyse(rows, dialect)), grammar.long, 'ms');
    add(`${dialect}: longest stall during hostile texts, against none`, await stall(async () => await Promise.all(hostile.map((text) => analyser.analyse(text, dialect)))), await stall(nothing), 'ms');
  }
  await analyser.dispose();
}

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function nothing(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
}

function sumOfCharacters(text: string): number {
  let total = 0;
  for (let index = 0; index < text.length; index += 1) total += text.charCodeAt(index);
  return total;
}
