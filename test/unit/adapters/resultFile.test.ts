import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { removeFolder, temporaryFolder } from '../../../scripts/lib/reaper.mjs';
import { createResultFile } from '../../../src/adapters/resultFile.ts';

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder('countersign-file-');
  try {
    await use(folder);
  } finally {
    await removeFolder(folder);
  }
}

test('a file is there when all of it is, and for its owner only', async () => {
  await inFolder(async (folder) => {
    const place = path.join(folder, 'rows.csv');
    const file = await createResultFile(place, { replaces: false });
    await file.write('id,näme\r\n');
    await file.write('1,x\r\n');
    assert.deepEqual((await readdir(folder)).filter((name) => !name.endsWith('.part')), []);
    assert.equal(file.bytes, 15);
    assert.equal(await file.finish(), 'written');
    assert.deepEqual(await readdir(folder), ['rows.csv']);
    assert.equal(await readFile(place, 'utf8'), 'id,näme\r\n1,x\r\n');
    if (process.platform !== 'win32') assert.equal((await stat(place)).mode & 0o777, 0o600);
  });
});

test('what is given up leaves nothing', async () => {
  await inFolder(async (folder) => {
    const file = await createResultFile(path.join(folder, 'rows.csv'), { replaces: true });
    await file.write('half');
    await file.abandon();
    assert.deepEqual(await readdir(folder), []);
  });
});

const ends = [
  { name: 'a file that got there meanwhile stays as it is', replaces: false, end: 'taken', text: 'theirs' },
  { name: 'it is replaced only when that was said', replaces: true, end: 'written', text: 'ours' },
] as const;

for (const { name, replaces, end, text } of ends) {
  test(name, async () => {
    await inFolder(async (folder) => {
      const place = path.join(folder, 'rows.csv');
      const file = await createResultFile(place, { replaces });
      await file.write('ours');
      await writeFile(place, 'theirs');
      assert.equal(await file.finish(), end);
      assert.deepEqual(await readdir(folder), ['rows.csv']);
      assert.equal(await readFile(place, 'utf8'), text);
    });
  });
}

test('a folder that cannot be written to says so before anything is read', async () => {
  await inFolder(async (folder) => {
    await assert.rejects(createResultFile(path.join(folder, 'no', 'rows.csv'), { replaces: false }), { code: 'ENOENT' });
  });
});
