/** What verifies records holds no code that could have made them: nothing that signs, proves or stores. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const verifiers = ['verifySpool', 'verifyReceipts', 'verifyLog', 'verifyApprovals'];
/** Each of them is in the sources the verifiers are bundled from, and would show. */
const makers = ['signBody', 'signTeam', 'formatNote', 'checkpointText', 'derEcdsa', 'inclusionProof', 'consistencyProof', 'chainEvent', 'verifyApproval'];

async function bundle(names: readonly string[]): Promise<string> {
  const contents = names.map((name) => `export * from ${JSON.stringify(`./src/core/audit/${name}.ts`)};`).join('\n');
  const { outputFiles } = await build({ stdin: { contents, resolveDir: root, loader: 'ts' }, absWorkingDir: root, bundle: true, treeShaking: true, write: false, format: 'esm', platform: 'neutral', logLevel: 'silent' });
  return outputFiles[0]?.text ?? '';
}

it('is a bundle in which nothing signs and nothing proves', async () => {
  const code = await bundle(verifiers);
  for (const name of verifiers) assert.match(code, new RegExp(`function ${name}\\(`, 'u'));
  for (const name of makers) assert.doesNotMatch(code, new RegExp(`function ${name}\\(`, 'u'), name);
  assert.doesNotMatch(code, /\.sign\(/u);
});

it('and would show them', async () => {
  const code = await bundle(['checkpoint', 'checkpointNote', 'merkle', 'chain']);
  for (const name of ['formatNote', 'checkpointText', 'inclusionProof', 'consistencyProof', 'chainEvent']) assert.match(code, new RegExp(`function ${name}\\(`, 'u'));
});
