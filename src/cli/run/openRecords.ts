/** The journal of a run in a terminal: on disk here, and sent to the endpoints before the program ends. */
import path from 'node:path';
import { currentActor } from '../../adapters/actor.ts';
import { createEndpoint } from '../../adapters/audit/delivery/createEndpoint.ts';
import { startDelivery, type Delivery } from '../../adapters/audit/delivery/delivery.ts';
import { createJournal, type Receipts } from '../../adapters/audit/journal.ts';
import { pruneSpool } from '../../adapters/audit/spool/prune.ts';
import { createSpool } from '../../adapters/audit/spool/spool.ts';
import type { Clock, Journal } from '../../app/ports.ts';
import { defaultAlertRules } from '../../core/audit/alerts.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { stateFolder } from './machine.ts';
import { pipelineMember } from './pipelineMember.ts';
import { secretVariableOf, type RecordsPolicy } from './recordsPolicy.ts';

export interface Records {
  readonly journal: Journal;
  /** Absolute path. */
  readonly folder: string;
  /** Brings what it can to the endpoints, says what it could not, and ends. */
  close(): Promise<void>;
}

export type RecordsOptions = { readonly policy: RecordsPolicy; readonly clock: Clock; readonly env: Readonly<Record<string, string | undefined>>; readonly say: (text: string) => void; /** As records name it. */ readonly program?: string };

const receiptMs = 10_000;
/** How long the end of the program waits for endpoints. */
const drainMs = 10_000;
const [keepMs, maxBytes] = [90 * 24 * 60 * 60_000, 512 * 1024 * 1024];

export async function openRecords({ policy, clock, env, say, program = 'countersign run' }: RecordsOptions): Promise<Records> {
  const folder = path.join(stateFolder(), 'audit');
  const actor = currentActor();
  const { version } = manifest;
  const app = { program, version };
  const spool = createSpool({ folder, clock, start: () => ({ time: clock.now(), actor, app }) });
  const log = { folder, member: async (secret: string | undefined) => await pipelineMember(secret, env['COUNTERSIGN_TEAM_FILE'] ?? path.join('.countersign', 'team.jsonc')), onAlarm: (message: string) => say(`${message}\n`) };
  const endpoints = await Promise.all(
    policy.endpoints.map(async (profile) => await createEndpoint(profile, { clock, version, rules: defaultAlertRules, log, secret: (name) => Promise.resolve(env[secretVariableOf(name)]), whereSecret: (name) => `put it into the environment as ${secretVariableOf(name)}` })),
  );
  const delivery = endpoints.length === 0 ? undefined : await startDelivery({ folder, spool, endpoints, clock, random: Math.random });
  const journal = createJournal({ spool, clock, facts: { app }, sql: () => policy.sql, receipts: (demand) => (demand === 'receipt' || policy.required ? receiptsOf(delivery) : { kind: 'not-required' }), onTrouble: (message) => say(`${message}\n`) });
  return {
    journal,
    folder,
    async close() {
      await journal.flush();
      const behind = (await delivery?.drain(drainMs)) ?? [];
      for (const { name, behind: count, trouble } of behind) say(`Not delivered to “${name}”: ${String(count)} records (${trouble ?? 'no answer yet'}). They are kept in ${folder}, and the next run delivers them.\n`);
      if (delivery && delivery.keepers.length > 0 && behind.length === 0) await pruneSpool({ folder, spool, endpoints: delivery.keepers, clock, actor, keepMs, maxBytes }).catch(() => undefined);
      await delivery?.close();
      await spool.close();
    },
  };
}

function receiptsOf(delivery: Delivery | undefined): Receipts {
  if (!delivery || delivery.keepers.length === 0) return { kind: 'impossible', why: nowhere };
  return { kind: 'required', waitFor: async (event) => await delivery.waitFor(event, receiptMs) };
}

const nowhere =
  'Nothing was changed: no write is allowed before its record is received on another machine (--audit-required, COUNTERSIGN_AUDIT_REQUIRED or the setting countersign.audit.required), and no endpoint that keeps records is named. Name one with --audit-endpoint, COUNTERSIGN_AUDIT_ENDPOINTS or in the setting countersign.audit.endpoints. Reads go on.';
