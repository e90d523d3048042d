import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import { createPostgresAnalyser } from '../../../src/adapters/sql/postgresAnalyser.ts';

const analyser = createPostgresAnalyser();
after(() => analyser.dispose());

describe('analyser', () => {
  it('classifies in its own thread', async () => {
    const { class: worst, statements } = await analyser.analyse('SELECT 1; DROP TABLE t');
    assert.equal(worst, 'destructive');
    assert.deepEqual(
      statements.map((statement) => statement.kind),
      ['select', 'drop-table'],
    );
  });

  const errors: readonly [text: string, offset: number | undefined][] = [
    ['FROBNICATE', 0],
    ["SELECT 'éé💣', FROM x", 19],
    ["SELECT 'é", 7],
    ['SELECT (1', 9],
    ['SELECT 1\0', 8],
  ];
  for (const [text, offset] of errors) {
    it(`says in bytes where it gave up: ${JSON.stringify(text)}`, async () => {
      const { class: worst, error } = await analyser.analyse(text);
      assert.equal(worst, 'unknown');
      assert.equal(error?.offset, offset);
    });
  }

  it('answers many texts in order', async () => {
    const texts = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? `SELECT ${String(index)}` : `DELETE FROM t${String(index)}`));
    const verdicts = await Promise.all(texts.map((text) => analyser.analyse(text)));
    assert.deepEqual(
      verdicts.map((verdict) => verdict.statements[0]?.text),
      texts,
    );
  });

  it('an empty text is a read without statements', async () => {
    assert.deepEqual(await analyser.analyse(''), { dialect: 'postgresql', class: 'read', statements: [] });
  });
});

describe('texts that are too much', () => {
  const all = createAnalyser();
  after(() => all.dispose());

  const rows: readonly [name: string, text: string, expected: 'unknown' | 'any'][] = [
    ['10,000 parentheses', `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`, 'unknown'],
    ['10,000 NOT', `SELECT ${'NOT '.repeat(10_000)}true`, 'any'],
    ['5,000 sub-selects', `${'SELECT * FROM ('.repeat(5000)}SELECT 1${') x'.repeat(5000)}`, 'unknown'],
    ['100,000 additions', `SELECT 1${'+1'.repeat(100_000)}`, 'any'],
    ['5,000 additions', `SELECT 1${'+1'.repeat(5000)}`, 'any'],
    ['comments nested 50,000 deep', `SELECT 1 ${'/*'.repeat(50_000)}${'*/'.repeat(50_000)}`, 'unknown'],
    ['comments nested a million deep', '/*'.repeat(1_000_000), 'unknown'],
    ['100,000 elements in a list', `SELECT 1 IN (${Array.from({ length: 100_000 }, (_, index) => index).join(',')})`, 'unknown'],
    ['one literal of 20 MB', `SELECT '${'x'.repeat(20_000_000)}'`, 'unknown'],
    ['5,000 nested CASE', `SELECT ${'CASE WHEN true THEN '.repeat(5000)}1${' END'.repeat(5000)}`, 'any'],
    ['20,000 OR', `DELETE FROM t WHERE ${Array.from({ length: 20_000 }, (_, index) => `id=${String(index)}`).join(' OR ')}`, 'any'],
    ['3,000 subtractions in a condition', `DELETE FROM t WHERE a${'-b'.repeat(3000)} = 0`, 'any'],
    ['200,000 statements', 'SELECT 1;'.repeat(200_000), 'unknown'],
    ['20,001 statements', 'SELECT 1;'.repeat(20_001), 'unknown'],
    ['20,000 statements with reasons', 'DELETE FROM t WHERE f(1);'.repeat(20_000), 'any'],
    ['two million semicolons', ';'.repeat(2_000_000), 'any'],
  ];
  for (const dialect of ['postgresql', 'mysql', 'mariadb'] as const) {
    for (const [name, text, expected] of rows) {
      it(`${dialect}, ${name}: an answer, and the next text gets its own`, { timeout: 60_000 }, async () => {
        assert.equal((await all.analyse('SELECT 2', dialect)).class, 'read');
        const { value: verdict, longestMs } = await bestOf(3, async () => await withoutBlocking(async () => await all.analyse(text, dialect)));
        assert.ok(longestMs <= 16, `the calling thread was busy for ${longestMs.toFixed(1)} ms`);
        if (expected === 'unknown') {
          assert.equal(verdict.class, 'unknown');
          assert.ok(verdict.error ?? verdict.statements[0]?.reasons[0]);
        } else assert.notEqual(verdict.class === 'read' && text.startsWith('DELETE'), true);
        assert.equal((await all.analyse('SELECT 1', dialect)).class, 'read');
      });
    }
  }

  /** A collection of garbage, or a neighbour on the same core, can double a single figure; it does not do so each time. */
  async function bestOf<T extends { readonly longestMs: number }>(attempts: number, measure: () => Promise<T>): Promise<T> {
    const first = await measure();
    if (first.longestMs <= 16 || attempts <= 1) return first;
    const next = await bestOf(attempts - 1, measure);
    return next.longestMs < first.longestMs ? next : first;
  }

  /** The longest stretch of computing between two turns of this thread: unlike elapsed time, it does not depend on what else the machine does. */
  async function withoutBlocking<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly longestMs: number }> {
    let longestMs = 0;
    let last = ownCpuMs();
    const look = () => {
      const now = ownCpuMs();
      longestMs = Math.max(longestMs, now - last);
      last = now;
    };
    let next = setImmediate(function turn() {
      look();
      next = setImmediate(turn);
    });
    const value = await work();
    look();
    clearImmediate(next);
    return { value, longestMs };
  }

  function ownCpuMs(): number {
    // Newer than the typings.
    const { threadCpuUsage } = process as unknown as { threadCpuUsage(): { user: number; system: number } };
    const { user, system } = threadCpuUsage.call(process);
    return (user + system) / 1000;
  }
});

describe('when the thread does not do its part', () => {
  const script = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const ready = "import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ kind: 'ready' });";
  const rows: readonly [name: string, worker: URL][] = [
    ['it cannot be loaded', new URL('./missing.ts', import.meta.url)],
    ['it fails at once', script("throw new Error('x')")],
    ['it ends instead of answering', script(`${ready} parentPort.on('message', () => process.exit(0));`)],
    ['it fails instead of answering', script(`${ready} parentPort.on('message', () => { throw new Error('x'); });`)],
    ['it never answers', script(`${ready} parentPort.on('message', () => {});`)],
    ['it runs forever', script(`${ready} parentPort.on('message', () => { for (;;); });`)],
    ['it runs out of memory', script(`${ready} parentPort.on('message', () => { const all = []; for (let i = 0; ; i++) all.push({ a: i, b: 'x' + i }); });`)],
    ['it reports a trap', script(`${ready} parentPort.on('message', () => parentPort.postMessage({ kind: 'trap', message: 'x' }));`)],
  ];
  for (const [name, workerFile] of rows) {
    it(`${name}: unknown, twice`, { timeout: 60_000 }, async () => {
      const broken = createPostgresAnalyser({ workerFile, deadlineMs: 200 });
      const [first, second] = await Promise.all([broken.analyse('SELECT 1'), broken.analyse('SELECT 2')]);
      assert.equal(first.class, 'unknown');
      assert.ok(first.error);
      assert.equal(second.class, 'unknown');
      await broken.dispose();
    });
  }

  it('a thread that the machine keeps waiting is waited for', async () => {
    const verdict = JSON.stringify({ dialect: 'postgresql', class: 'read', statements: [] });
    const slow = createPostgresAnalyser({ workerFile: script(`${ready} parentPort.on('message', () => setTimeout(() => parentPort.postMessage({ kind: 'verdict', verdict: ${verdict} }), 1500));`), deadlineMs: 600 });
    assert.equal((await slow.analyse('SELECT 1')).class, 'read');
    await slow.dispose();
  });

  it('once disposed it says unknown', async () => {
    const disposed = createPostgresAnalyser();
    const open = disposed.analyse('SELECT 1');
    await disposed.dispose();
    assert.equal((await open).class, 'unknown');
    assert.equal((await disposed.analyse('SELECT 1')).class, 'unknown');
  });
});
