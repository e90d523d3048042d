/**
 * Writes the vectors anew, with new keys: run it by hand when the protocol gets a new version, and commit what it writes.
 * The tests read the files; they never run this.
 */
import { writeFileSync } from 'node:fs';
import { approvalVectors } from './generateApprovals.ts';
import { effectVectors } from './generateEffects.ts';
import { primitiveVectors } from './generatePrimitives.ts';
import { sealingVectors } from './generateSealing.ts';
import { teamVectors } from './generateTeams.ts';

const files = { approvals: approvalVectors, teams: teamVectors, sealing: sealingVectors, effects: async () => await Promise.resolve(effectVectors()), primitives: primitiveVectors };

for (const [name, make] of Object.entries(files)) {
  writeFileSync(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(await make(), undefined, 1)}\n`);
}
