/** `countersign run`: the main job of the editor, from a terminal. Nothing commits without a person at it. */
import { randomUUID } from 'node:crypto';
import { currentActor, osUser } from '../../adapters/actor.ts';
import { readLeftovers } from '../../adapters/audit/leftovers.ts';
import { recordConnects } from '../../adapters/audit/recordConnects.ts';
import { createClock } from '../../adapters/clock.ts';
import type { OwnSettings } from '../../adapters/ownSettings.ts';
import { createSessions } from '../../adapters/sessions.ts';
import { createAnalyser } from '../../adapters/sql/analyser.ts';
import type { Clock, Journal, Sessions, SqlAnalyser } from '../../app/ports.ts';
import { runStatement } from '../../app/runStatement.ts';
import { settleFor } from '../../app/settleLeftovers.ts';
import type { Leftover } from '../../core/audit/leftovers.ts';
import type { Outcome, Settlement } from '../../core/outcome.ts';
import { effectiveAccess } from '../../core/policy/accessMerge.ts';
import type { ConfirmationPolicy } from '../../core/policy/confirmation.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { tighten } from '../../core/profile/merge.ts';
import type { ScriptVerdict } from '../../core/sql/verdict.ts';
import { readInput } from '../input.ts';
import { readArguments, readChoice, UsageError } from '../usage.ts';
import { allowWrites } from './allowWrites.ts';
import { collectResults } from './collect.ts';
import { createCapturingUndoStore } from './keepUndo.ts';
import { openRecords, type Records } from './openRecords.ts';
import { readRecordsPolicy, type RecordsPolicy } from './recordsPolicy.ts';
import { exitCodeOf, report } from './report.ts';
import { askPassword, findPassword, type SecretSources } from './secrets.ts';
import { findNamed, findOwnSettings, tightenByOwn } from './namedTarget.ts';
import { findTerminal, type Terminal } from './terminal.ts';
import { teamHere } from './teamHere.ts';
import { createTerminalReviewer } from './terminalReviewer.ts';
import { readEnvironment, readUrl } from './urlTarget.ts';

const options = { connection: { type: 'string' }, url: { type: 'string' }, environment: { type: 'string' }, format: { type: 'string' }, 'max-rows': { type: 'string' }, 'ask-above': { type: 'string' }, 'audit-endpoint': { type: 'string', multiple: true }, 'audit-required': { type: 'boolean' } } as const;

/** @returns 0 read or committed, 1 failed, 3 not committed */
export async function runCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  const format = readChoice('format', values.format ?? 'table', ['table', 'json', 'csv']);
  const maxRows = readCount('max-rows', values['max-rows'], 10_000, mostRows);
  const askAbove = readCount('ask-above', values['ask-above'], findTerminal() ? askAbovePerson : askAboveNobody, Number.MAX_SAFE_INTEGER);
  if (positionals.length > 1) throw new UsageError('run takes one file.');
  const own = await findOwnSettings(process.env);
  const { confirmation, signed, receipts } = await teamHere(process.cwd(), own, createClock().now);
  const named = await readTarget(values, own);
  const target = { ...named, profile: tighten(named.profile, signed) };
  const file = positionals[0] ?? '-';
  const { name, text } = await readInput(file);
  if (text === undefined) throw new UsageError(`${name} is not UTF-8, so nothing was sent.`);
  const records = readRecordsPolicy({ endpoints: values['audit-endpoint'] ?? [], required: values['audit-required'] === true || receipts }, process.env, own.records);
  const ran = await run({ text, own, confirmation, maxRows, askAbove, records, ...target });
  report(ran, format, target.profile);
  return exitCodeOf(ran.outcome);
}

type Target = { readonly profile: ConnectionProfile; readonly fromUrl: string | undefined; readonly stored: boolean };

async function readTarget({ connection, url, environment }: { connection?: string; url?: string; environment?: string }, own: OwnSettings): Promise<Target> {
  if ((connection === undefined) === (url === undefined)) throw new UsageError('Say where to run: --connection NAME or --url URL.');
  if (url !== undefined) {
    const { profile, password } = readUrl(url, readEnvironment(environment), osUser());
    return { profile: tightenByOwn(profile, own), fromUrl: password, stored: false };
  }
  if (environment !== undefined) throw new UsageError('--environment goes with --url: a connection in the settings says itself what it is.');
  return { profile: await findNamed(connection ?? '', own, process.cwd()), fromUrl: undefined, stored: true };
}

const mostRows = 1_000_000;

/** As in the editor; and where nobody can be asked, far above what an estimate says of a table swollen by earlier previews. */
const [askAbovePerson, askAboveNobody] = [100_000, 1_000_000];

function readCount(name: string, text: string | undefined, fallback: number, most: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,15}$/u.test(text) || Number(text) < 1 || Number(text) > most) throw new UsageError(`--${name} is a whole number from 1 to ${String(most)}.`);
  return Number(text);
}

type RunInput = Target & { readonly text: string; readonly own: OwnSettings; readonly confirmation: ConfirmationPolicy; readonly maxRows: number; readonly askAbove: number; readonly records: RecordsPolicy };

async function run(input: RunInput): Promise<Ended> {
  const terminal = findTerminal();
  const clock = createClock();
  const records = await openRecords({ policy: input.records, clock, env: process.env, say: (text) => process.stderr.write(text) });
  try {
    return await runAndElevate(input, { terminal, clock, records });
  } finally {
    await records.close();
  }
}

async function runAndElevate(input: RunInput, { terminal, clock, records }: Omit<Surroundings, 'elevated'>): Promise<Ended> {
  const attempt = async (elevated: boolean) => await runAsTheServerReads(input, { terminal, clock, records, elevated });
  const ended = await attempt(false);
  if (!terminal || !needsElevation(ended.outcome)) return ended;
  const endPermission = await allowWrites(input.profile, { terminal, clock, journal: records.journal });
  if (!endPermission) return ended;
  try {
    return await attempt(true);
  } finally {
    endPermission();
  }
}

function needsElevation(outcome: Outcome): boolean {
  return outcome.kind === 'refused' && outcome.reasons.every(({ code }) => code === 'needs-elevation');
}

type Surroundings = { readonly terminal: Terminal | undefined; readonly clock: Clock; readonly records: Records; readonly elevated: boolean };

/** In a URL “mysql:” is a protocol, which MariaDB speaks too: the server says what it is, and the text is read and decided anew as that. */
async function runAsTheServerReads(input: RunInput, surroundings: Surroundings): Promise<Ended> {
  const ended = await runOnce(input, surroundings);
  const dialect = ended.outcome.kind === 'failed' && !input.stored ? ended.outcome.failure.serverDialect : undefined;
  return dialect === undefined ? ended : await runOnce({ ...input, profile: { ...input.profile, dialect } }, surroundings);
}

async function runOnce(input: RunInput, { terminal, clock, records, elevated }: Surroundings): Promise<Ended> {
  const { profile, text, own, confirmation, maxRows, askAbove } = input;
  const { journal } = records;
  const sources: SecretSources = { ...input, env: process.env, terminal };
  const sessions = createSessions({ password: (wanted) => findPassword(wanted, sources), askPassword: (wanted) => askPassword(wanted, sources), osUser: osUser(), clock });
  const analyser = createAnalyser();
  const seen: { verdict?: ScriptVerdict } = {};
  const results = collectResults();
  const reviewer = createTerminalReviewer(terminal, (shown) => process.stderr.write(shown));
  const undo = createCapturingUndoStore(clock, terminal !== undefined);
  const stop = stopOnInterrupt();
  try {
    const outcome = await runStatement(
      { analyser: noting(analyser, seen), sessions: recordConnects(sessions, { journal, clock, actor: currentActor(), newRun: randomUUID }), reviewer, results, journal, clock, undo },
      {
        run: randomUUID(),
        actor: currentActor(),
        document: 'terminal',
        connection: profile,
        policy: { access: effectiveAccess(profile, own.access), elevated, typedConfirmation: own.typedConfirmation, confirmation },
        text,
        // Also where nothing is protected: a terminal shows first, always.
        mode: 'preview',
        limits: { ...limits, maxRows, rowLimit: maxRows, maxExpectedRows: askAbove },
        signal: stop.signal,
      },
    );
    await settleLeftBehind(sessions, profile, { journal, clock, folder: records.folder });
    const verdict = seen.verdict ?? { dialect: profile.dialect, class: 'unknown', statements: [] };
    const { shown: change, inspected: inspection, tooCostly } = reviewer;
    return {
      outcome,
      verdict,
      reads: results.results,
      ...(change ? { change } : {}),
      ...(inspection ? { inspection } : {}),
      ...(tooCostly === undefined ? {} : { tooCostly }),
      ...(undo.captured ? { undo: undo.captured } : {}),
      ...(terminal ? { terminal } : {}),
    };
  } finally {
    stop.done();
    await sessions.closeAll();
    await analyser.dispose();
  }
}

/** Commits that an earlier run announced and did not live to see the end of: settled by the server's word, or recorded as unknown. */
async function settleLeftBehind(sessions: Sessions, profile: ConnectionProfile, { journal, clock, folder }: { readonly journal: Journal; readonly clock: Clock; readonly folder: string }): Promise<void> {
  const left = await readLeftovers(folder);
  if (left.length === 0) return;
  const start = await sessions.acquire('terminal', profile, AbortSignal.timeout(10_000));
  if (start.kind === 'failed') return;
  const settled = (leftover: Leftover, settlement: Settlement): void => void process.stderr.write(`${settledText(leftover, settlement)}\n`);
  await settleFor(profile, start.session, { find: () => Promise.resolve(left), journal, clock, settled });
}

function settledText({ run }: Leftover, settlement: Settlement): string {
  switch (settlement) {
    case 'committed':
      return `Run ${run}, which ended while it was being committed, is committed: the server says so.`;
    case 'rolled-back':
      return `Run ${run}, which ended while it was being committed, was rolled back: the server says so.`;
    case 'in-progress':
    case 'unknown':
      return `Nobody can say whether run ${run}, which ended while it was being committed, is committed: look at the data.`;
  }
}

/** As the editor has them unless told otherwise. */
const limits = { lockTimeoutMs: 2000, statementTimeoutMs: 30_000, holdMs: 120_000, giveWayAfterMs: 3000, byteLimit: 256 * 1024 * 1024 };

type Ended = Parameters<typeof report>[0] & { readonly outcome: Outcome; readonly terminal?: Terminal };

/** The verdict is part of what is printed. */
function noting(analyser: SqlAnalyser, seen: { verdict?: ScriptVerdict }): SqlAnalyser {
  return {
    async analyse(text, dialect) {
      const verdict = await analyser.analyse(text, dialect);
      seen.verdict = verdict;
      return verdict;
    },
  };
}

/** The first interrupt ends the run and rolls back; a second one ends the program, and the server rolls back. */
function stopOnInterrupt(): { readonly signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return { signal: controller.signal, done: () => void process.off('SIGINT', stop).off('SIGTERM', stop) };
}
