/** The answer of a reviewer at a terminal goes on record on their machine, and to the endpoints of their settings. */
import { randomUUID } from 'node:crypto';
import { currentActor } from '../../adapters/actor.ts';
import { createClock } from '../../adapters/clock.ts';
import { createAnalyser } from '../../adapters/sql/analyser.ts';
import { recordAnswer, type GivenAnswer } from '../../app/recordAnswer.ts';
import { findOwnSettings } from '../run/namedTarget.ts';
import { openRecords, type Records } from '../run/openRecords.ts';
import { readRecordsPolicy } from '../run/recordsPolicy.ts';

/** On disk when it resolves; to be closed once the answer was sent. Rejects when it cannot be recorded. */
export async function recordOwn(answer: Omit<GivenAnswer, 'run'>): Promise<Pick<Records, 'close'>> {
  const own = await findOwnSettings(process.env);
  const clock = createClock();
  const policy = readRecordsPolicy({ endpoints: [], required: false }, process.env, own.records);
  const records = await openRecords({ policy, clock, env: process.env, say: (text) => process.stderr.write(text), program: 'countersign review' });
  const analyser = createAnalyser();
  try {
    await recordAnswer({ analyser, journal: records.journal, clock, actor: currentActor() }, { run: randomUUID(), ...answer });
    return records;
  } catch (thrown) {
    await records.close();
    throw thrown;
  } finally {
    await analyser.dispose();
  }
}
