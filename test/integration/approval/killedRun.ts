/**
 * A program that asks, gets an answer, runs it, and is killed at a moment of the run. Arguments: the database as JSON, a folder, the moment,
 * and `emergency` where it does without the others.
 * What it kept and recorded is in the folder.
 */
import path from 'node:path';
import { createJournal } from '../../../src/adapters/audit/journal.ts';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import type { OpenChange, Session } from '../../../src/app/ports.ts';
import { systemClock as clock } from '../../support/clock.ts';
import { fileVault } from '../../support/confirmation/vault.ts';
import { createWorld, usualRule } from '../../support/confirmation/world.ts';
import { openTestSession, testProfile } from '../../support/postgresSession.ts';
import { deleteOld } from './subjects.ts';

export type Moment = 'claimed' | 'taken' | 'measured' | 'announced' | 'committed';

const [, , where = '{}', folder = '', at = '', how = ''] = process.argv;
const database = JSON.parse(where) as Parameters<typeof openTestSession>[0];
const reach = (moment: Moment): void => {
  if (at === moment) process.kill(process.pid, 'SIGKILL');
};

const opened = await openTestSession(database);
const session: Session = {
  ...opened,
  async beginChange(request) {
    const start = await opened.beginChange(request);
    if (start.kind !== 'open') return start;
    const change: OpenChange = {
      ...start.change,
      async commit(intent) {
        reach('announced');
        const result = await start.change.commit(intent);
        reach('committed');
        return result;
      },
    };
    return { kind: 'open', change };
  },
};
const spool = createSpool({ folder: path.join(folder, 'audit'), clock, start: () => ({}) });
const world = await createWorld({
  profile: testProfile(database),
  session: () => session,
  analyser: createAnalyser(),
  kept: { folder: path.join(folder, 'requests'), vault: fileVault(path.join(folder, 'vault')) },
  journal: createJournal({ spool, clock }),
  rules: [{ ...usualRule, breakGlass: true }],
});
const isEmergency = how === 'emergency';
if (isEmergency) world.consents = [{ kind: 'break-glass', reason: 'The shop is down and this blocks every order', typed: testProfile(database).name, withoutUndo: true }];
const entry = await world.asked(deleteOld);
await world.deliver(entry, isEmergency ? await world.consent(entry) : await world.answer(entry, 'bob'));
await world.run(entry, {
  approvals: {
    pending: {
      ...world.pending,
      async take(id) {
        reach('claimed');
        const isMine = await world.pending.take(id);
        reach('taken');
        return isMine;
      },
    },
  },
  ports: { undo: { keep: () => (reach('measured'), Promise.resolve({ kind: 'failed', reason: 'none is kept here.' })), confirm: () => Promise.resolve(), discard: () => Promise.resolve() } },
});
