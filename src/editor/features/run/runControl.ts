/** At most one run for each document: starts it, shows how it goes, and ends it when somebody asks. */
import { EventEmitter, window } from 'vscode';
import type { Disposable, Event, TextDocument } from 'vscode';
import type { ExportEnd, ExportRequest } from '../../../app/exportRead.ts';
import type { Clock, Review, ReviewRequest } from '../../../app/ports.ts';
import type { ResultSink } from '../../../app/resultSink.ts';
import type { RunRequest } from '../../../app/run.ts';
import type { Actor } from '../../../core/audit/record.ts';
import type { ScreenRules } from '../../../core/masking/screenRules.ts';
import type { Outcome } from '../../../core/outcome.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import type { ScriptVerdict } from '../../../core/sql/verdict.ts';
import type { AccessControl } from '../../catalogue.ts';
import { describeOutcome } from '../../../core/outcomeText.ts';
import type { ApprovedEnd } from '../../../app/runApproved.ts';
import type { ConfirmationPolicy } from '../../../core/policy/confirmation.ts';
import { peerTerms, type OpenReview } from '../review/openReview.ts';
import type { TextFacts } from '../undo/knownUndos.ts';
import type { ResultsHost, ResultsRun } from '../results/results.ts';
import { maskFailure } from '../results/runView.ts';
import type { ReviewHost } from '../review/review.ts';
import type { RollBackWhy } from '../review/openReview.ts';
import type { RunDiagnostics } from './diagnostics.ts';
import type { FrozenText } from './freeze.ts';
import { currentLimits } from './limits.ts';
import { placeOf, problemsOf } from './places.ts';
import type { Runner } from './runner.ts';
import { plainText } from '../../plainText.ts';

export type RunPorts = {
  readonly runner: Runner;
  readonly access: AccessControl;
  readonly results: ResultsHost;
  readonly review: ReviewHost;
  readonly diagnostics: RunDiagnostics;
  readonly clock: Clock;
  readonly actor: Actor;
  readonly newId: () => string;
  readonly peers: Peers;
};

/** Other people who have to confirm. None of these rejects. */
export interface Peers {
  /** Who has to, for a run that begins now. */
  policy(): Promise<ConfirmationPolicy>;
  /** The connection as the team sees it, for a run that begins now: no less protected than what was signed. */
  tightened(profile: ConnectionProfile): Promise<ConnectionProfile>;
  /** What is masked on the person's screen of a run that begins now; `undefined`: nothing. */
  screen(profile: ConnectionProfile): Promise<ScreenRules | undefined>;
  /** Tells a review that was just opened who can be asked. */
  tell(review: OpenReview, policy: ConfirmationPolicy | undefined): void;
  /** Somebody was asked. */
  asked(outcome: Extract<Outcome, { kind: 'awaiting-confirmation' }>): void;
}

export type ApprovedRun = { readonly request: string; readonly document: string; readonly profile: ConnectionProfile; /** Nobody is asked for a password. */ readonly quiet: boolean; /** It may run. Otherwise it only ends, whatever the document is doing. */ readonly mayRun: boolean };

export type RunOrder = { readonly document: TextDocument; /** When the text was taken. */ readonly version: number; readonly profile: ConnectionProfile; readonly frozen: FrozenText; readonly mode: RunRequest['mode']; /** What came with the text. */ readonly facts?: TextFacts & Pick<RunRequest, 'supersedes'> };

/** A run that has not ended. */
export type ActiveRun = { readonly document: string; readonly profile: ConnectionProfile; readonly startedAt: number; readonly ended: Promise<void> };

export interface RunControl extends Disposable {
  /** Resolves when the run has ended. Never rejects. */
  start(order: RunOrder): Promise<void>;
  /** Runs what others have confirmed, as a run of the document that asked. Never rejects. */
  runApproved(order: ApprovedRun): Promise<ApprovedEnd>;
  /** Reads once more for a file, as a run of the document. Never rejects. */
  exportRead(request: Omit<ExportRequest, 'signal'>, sink: ResultSink, signal: AbortSignal): Promise<ExportEnd>;
  runOf(document: string): ActiveRun | undefined;
  runs(): readonly ActiveRun[];
  /** Stops the server, or rolls back what is open. Resolves when the run has ended. */
  stop(document: string, why: RollBackWhy): Promise<void>;
  readonly onDidChange: Event<void>;
}

/** `stopped`: why somebody asked for its end. */
type Held = ActiveRun & { readonly controller: AbortController; stopped?: RollBackWhy };

export function createRunControl(ports: RunPorts): RunControl {
  const changed = new EventEmitter<void>();
  const held = new Map<string, Held>();

  /** Makes `work` the one run of a document; `undefined` when it has one already. */
  const hold = async <Ended>(document: string, profile: ConnectionProfile, work: (stop: Stop) => Promise<Ended>): Promise<Ended | undefined> => {
    // Two orders may both have found it free before one of them began.
    if (held.has(document)) return undefined;
    const controller = new AbortController();
    const working = work({ signal: controller.signal, stopped: () => held.get(document)?.stopped }).finally(() => {
      held.delete(document);
      changed.fire();
    });
    held.set(document, { document, profile, startedAt: ports.clock.now(), ended: working.then(() => undefined), controller });
    changed.fire();
    return await working;
  };

  return {
    async start(order) {
      await hold(order.document.uri.toString(), order.profile, async (stop) => await carryOut(ports, order, stop));
    },
    async runApproved(order) {
      if (!order.mayRun) return await carryOutApproved(ports, order, { signal: new AbortController().signal, stopped: () => undefined });
      return (await hold(order.document, order.profile, async (stop) => await carryOutApproved(ports, order, stop))) ?? busy;
    },
    exportRead: async (request, sink, signal) =>
      (await hold(request.document, request.connection, async (stop) => await ports.runner.exportRead({ ...request, signal: AbortSignal.any([signal, stop.signal]) }, sink))) ?? { kind: 'refused', message: 'A statement of this document is still running. Save again when it has ended.' },
    runOf: (document) => held.get(document),
    runs: () => [...held.values()],
    async stop(document, why) {
      const run = held.get(document);
      if (!run) return;
      run.stopped = why;
      ports.review.openOf(document)?.rollBack(why);
      run.controller.abort();
      await run.ended;
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}

type Stop = { readonly signal: AbortSignal; readonly stopped: () => RollBackWhy | undefined };

const busy: ApprovedEnd = { kind: 'refused', code: 'session-busy', message: 'Another run of the same document has not ended yet.', isOver: false };

async function carryOutApproved({ access, results, runner, peers, actor }: RunPorts, { request, document, profile: chosen, quiet }: ApprovedRun, { signal }: Stop): Promise<ApprovedEnd> {
  const profile = await peers.tightened(chosen);
  const policy = { ...access.policyFor(profile), confirmation: await peers.policy() };
  const screen = await peers.screen(profile);
  const end = await runner.runApproved({ request, actor, connection: profile, policy, limits: currentLimits(), signal }, { quiet, results: { begin: (...facts) => results.start(document, profile, false).port(() => undefined, screen).begin(...facts) } });
  if (end.kind === 'ran') {
    const { level, title, text } = describeOutcome(end.outcome, profile.name);
    results.start(document, profile, false).say({ level, title, text }, false);
  }
  return end;
}

async function carryOut(ports: RunPorts, order: RunOrder, stop: Stop): Promise<void> {
  const { document, version, profile, frozen } = order;
  ports.diagnostics.clear(document);
  const shown = ports.results.start(document.uri.toString(), profile, looksLikeRead(frozen.text));
  const watched: Watched = { begun: false, reviewed: false };
  const outcome = await run(ports, order, { stop, shown, watched }).catch((thrown: unknown): Outcome => ({ kind: 'failed', failure: { code: 'internal', message: `Not run: ${String(thrown)}` } }));
  ports.diagnostics.show(document, version, problemsOf(outcome, frozen, watched.verdict), severityOf(outcome));
  showEnd(order, outcome, shown, watched);
  if (outcome.kind === 'awaiting-confirmation') ports.peers.asked(outcome);
}

/** What was seen of a run while it went on. */
type Watched = { verdict?: ScriptVerdict; begun: boolean; reviewed: boolean };

async function run(ports: RunPorts, { document, profile: chosen, frozen, mode, facts = {} }: RunOrder, { stop, shown, watched }: { stop: Stop; shown: ResultsRun; watched: Watched }): Promise<Outcome> {
  const { access, review, actor, newId, runner, peers } = ports;
  const confirmation = await peers.policy();
  const profile = await peers.tightened(chosen);
  const screen = await peers.screen(profile);
  const uri = document.uri.toString();
  const results = shown.port((statement, failure) => {
    const place = placeOf(failure, statement, frozen, watched.verdict);
    return place && failure.position !== undefined ? describePosition(document, place.start) : undefined;
  }, screen);
  const reviewer = review.reviewerFor(uri, screen);
  const opening = (summary: Summary, open: () => Review): Review => {
    watched.reviewed = true;
    shown.say(summary, false);
    const opened = open();
    // Asked to end when the change was measured already, but nobody could be asked about it yet.
    const why = stop.stopped();
    if (why !== undefined) review.openOf(uri)?.rollBack(why);
    const now = review.openOf(uri);
    if (now) peers.tell(now, confirmation);
    return opened;
  };
  const request: RunRequest = { run: newId(), actor, document: uri, connection: profile, policy: { ...access.policyFor(profile), confirmation }, text: frozen.text, mode, limits: currentLimits(), signal: stop.signal, ...facts };
  const outcome = await runner.run(request, {
    analysed: (verdict) => (watched.verdict = verdict),
    reopened: () => shown.message('warning', 'The connection had been lost. This is a new one: settings made by hand in the session are gone.'),
    results: {
      begin(...facts) {
        watched.begun = true;
        return results.begin(...facts);
      },
    },
    reviewer: {
      open: (facts) => opening(summaryOf(facts), () => reviewer.open(facts)),
      ask: (facts) => opening(askSummary, () => reviewer.ask(facts)),
      worthIt: async (...facts) => await reviewer.worthIt(...facts),
    },
  });
  return screen && outcome.kind === 'failed' ? { ...outcome, failure: maskFailure(outcome.failure, frozen.text) } : outcome;
}

type Summary = Parameters<ResultsRun['say']>[0];

const peerSummary: Summary = {
  level: 'warning',
  title: 'Another person has to confirm this change',
  text: 'It ran, was measured and rolled back at once. Nothing is open; ask somebody in the review.',
  action: { id: 'open-review', label: 'Show the Change' },
};
const openSummary: Summary = {
  level: 'warning',
  title: 'A change is open for review',
  text: 'It ran in a transaction that is not committed. Nothing is final until you decide.',
  action: { id: 'open-review', label: 'Show Open Change' },
};
const rehearsedSummary: Summary = {
  level: 'warning',
  title: 'A change waits for your decision',
  text: 'It ran, was measured and rolled back at once: its locks would keep others waiting. After Commit it runs again.',
  action: { id: 'open-review', label: 'Show the Change' },
};

const triedSummary: Summary = {
  ...rehearsedSummary,
  text: 'It was tried on an empty copy, because the table is big. After Commit it runs on the table itself.',
};

function summaryOf({ basis, preview, obligations }: ReviewRequest): Summary {
  if (peerTerms({ obligations })) return peerSummary;
  if (basis !== 'rehearsed') return openSummary;
  return preview.definition?.onCopy === true ? triedSummary : rehearsedSummary;
}

const askSummary: Summary = {
  level: 'warning',
  title: 'A statement waits for your consent',
  text: 'Nothing ran so far. It cannot be rolled back: once it runs, it is final.',
  action: { id: 'open-review', label: 'Show the Statement' },
};

/** Results of reads speak for themselves; every other end gets a sentence. What ended by itself is announced. */
function showEnd(order: RunOrder, outcome: Outcome, shown: ResultsRun, { begun, reviewed, verdict }: Watched): void {
  // A statement that ran alone has results, and may end in a doubt that no results tell.
  if (begun && outcome.kind !== 'in-doubt') return shown.say(undefined, false);
  const said = describeOutcome(outcome, order.profile.name);
  const at = outcome.kind === 'failed' ? describeFailed(order, outcome, verdict) : undefined;
  const needsElevation = outcome.kind === 'refused' && outcome.reasons.some(({ code }) => code === 'needs-elevation');
  shown.say(
    {
      level: said.level,
      title: said.title,
      text: [said.text, at].filter((part) => part !== undefined && part !== '').join('\n'),
      ...(needsElevation ? { action: { id: 'elevate', label: 'Allow Writes for a While…' } } : {}),
    },
    !reviewed,
  );
  if (reviewed && said.level === 'warning') void window.showWarningMessage(plainText(`${said.title}. ${said.text}`));
  if (outcome.kind === 'in-doubt') void window.showErrorMessage(plainText(`${said.title}. ${said.text}`));
}

/** `Line 3, column 7 · SQLSTATE 42P01` */
function describeFailed({ document, frozen }: RunOrder, { failure, statement }: Extract<Outcome, { kind: 'failed' }>, verdict: ScriptVerdict | undefined): string {
  const place = failure.position === undefined ? undefined : placeOf(failure, statement ?? 0, frozen, verdict);
  const at = place && describePosition(document, place.start);
  return [at && `L${at.slice(1)}`, failure.sqlState && `SQLSTATE ${failure.sqlState}`].filter((part) => part !== undefined && part !== '').join(' \u00b7 ');
}

function describePosition(document: TextDocument, offset: number): string {
  const { line, character } = document.positionAt(offset);
  return `line ${String(line + 1)}, column ${String(character + 1)}`;
}

/** Only to bring the view to front in time; what the text is, the parser says. */
function looksLikeRead(text: string): boolean {
  return /^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)*(?:select|with|table|values|show|explain)\b/iu.test(text);
}

/** What policy refused is no mistake in the text; what could not be understood is one. */
function severityOf(outcome: Outcome): 'error' | 'warning' {
  return outcome.kind === 'refused' && outcome.reasons.every(({ code }) => code !== 'unparsed') ? 'warning' : 'error';
}
