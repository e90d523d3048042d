import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onDemand, part } from '../../../src/adapters/onDemand.ts';
import { toFailure } from '../../../src/core/errors.ts';

test('is not made before it is asked for, and then once for all who ask', async () => {
  let made = 0;
  const get = onDemand(async () => await Promise.resolve(`part ${String((made += 1))}`));
  assert.equal(made, 0);
  assert.deepEqual(await Promise.all([get(), get()]), ['part 1', 'part 1']);
  assert.equal(await get(), 'part 1');
});

test('a failure reaches everybody who waited, and the next one who asks gets another attempt', async () => {
  let attempts = 0;
  const get = onDemand(async () => ((attempts += 1) === 1 ? await Promise.reject(new Error('gone')) : 'there'));
  const ends = await Promise.allSettled([get(), get()]);
  assert.deepEqual(ends.map(({ status }) => status), ['rejected', 'rejected']);
  assert.equal(attempts, 1);
  assert.equal(await get(), 'there');
});

test('a file that cannot be loaded says that nothing was done, and what to do', async () => {
  const missing = './there-is-no-such-file.ts';
  const { code, message } = toFailure(await part(import(missing)).catch((thrown: unknown) => thrown));
  assert.equal(code, 'internal');
  assert.match(message, /nothing was done\. Reload the window.*there-is-no-such-file/u);
});
