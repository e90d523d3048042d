/** What others ask of this person: from the team's servers while the window has the focus, and from links and texts that were opened here. */
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import type { Session } from '../../../adapters/confirmation/httpRelay.ts';
import { openLinkOrText } from '../../../adapters/confirmation/openedLink.ts';
import type { OpenedLink } from '../../../adapters/confirmation/openedLink.ts';
import type { Self } from '../../../app/approvalPorts.ts';
import type { Clock } from '../../../app/ports.ts';
import { parseB64u } from '../../../core/approval/bytes.ts';
import { linkText, openFromSender } from '../../../core/approval/seal.ts';
import type { InboxEntry } from '../../../protocol/confirmation.ts';

type OpenedRequest = Extract<OpenedLink, { kind: 'request' }>;

export type AskedOfMe = OpenedRequest & {
  /** As it was opened: a link, or a text. */
  readonly source: string;
  /** How it was answered here; `over`: it ended otherwise. Absent: it waits. */
  readonly answer?: 'approve' | 'reject' | 'over';
};

export type InboxPorts = {
  readonly confirmation: Confirmation;
  readonly clock: Clock;
  readonly changed: () => void;
  /** A request for this person has come that was not there before. */
  readonly arrived: (asked: AskedOfMe) => void;
};

export interface Inbox {
  all(): readonly AskedOfMe[];
  of(id: string): AskedOfMe | undefined;
  /** Opened by the person. */
  add(asked: AskedOfMe): void;
  settle(id: string, answer: NonNullable<AskedOfMe['answer']>): void;
  /** Begins or ends waiting for what others ask. Never rejects. */
  follow(isWanted: boolean): Promise<void>;
  dispose(): void;
}

/** A window that loses the focus for a moment goes on. */
const afterFocusMs = 60_000;

export function createInbox({ confirmation, clock, changed, arrived }: InboxPorts): Inbox {
  const known = new Map<string, AskedOfMe>();
  let controller: AbortController | undefined;
  let stopLater: (() => void) | undefined;
  let isDisposed = false;

  const put = (asked: AskedOfMe): void => {
    known.set(asked.checked.request.id, asked);
    changed();
  };
  const settle: Inbox['settle'] = (id, answer) => {
    const asked = known.get(id);
    // An answer that was given stays what it was.
    if (asked && (asked.answer === undefined || answer !== 'over')) put({ ...asked, answer });
  };
  const take = async (self: Self, server: string, { id, sealed }: InboxEntry): Promise<void> => {
    if (known.has(id) || !self.enc) return;
    const secret = await openFromSender(confirmation.crypto, self.enc, id, parseB64u(sealed) ?? new Uint8Array(0));
    if (secret === undefined) return;
    const source = linkText({ server, id, secret });
    const opened = await openLinkOrText(confirmation.crypto, source, clock.now);
    if (opened.kind !== 'request' || known.has(id) || !(await isOurs(opened))) return;
    const asked = { ...opened, source };
    put(asked);
    arrived(asked);
  };
  /** From the team that is believed here, and not from oneself. */
  const isOurs = async ({ team, checked }: OpenedRequest): Promise<boolean> => {
    const [state, self] = [await confirmation.team.state(), await confirmation.team.self()];
    return state?.kind === 'accepted' && state.team.digest === team.digest && self !== undefined && self.member.id !== checked.request.requester;
  };
  const listen = async (self: Self, team: string, server: string, signal: AbortSignal): Promise<void> => {
    const relay = await confirmation.servers.relay(server);
    const session = async (): Promise<Session | undefined> => {
      const first = await relay.logIn(team, self.signer, clock.now());
      if (first.kind !== 'refused') return first.kind === 'ok' ? first.value : undefined;
      // A server that nobody filed anything with does not know the team, or knows it without this member.
      const introduced = await relay.putTeam(await confirmation.pins.chain(team));
      const second = introduced.kind === 'ok' ? await relay.logIn(team, self.signer, clock.now()) : introduced;
      return second.kind === 'ok' ? second.value : undefined;
    };
    for await (const news of relay.inbox(session, { signal })) {
      if (news.kind === 'gone') settle(news.id, 'over');
      else await take(self, server, news.entry);
    }
  };
  const start = async (): Promise<void> => {
    if (controller || isDisposed) return;
    const started = (controller = new AbortController());
    const [state, self] = [await confirmation.team.state(), await confirmation.team.self()];
    if (state?.kind !== 'accepted' || self?.enc === undefined) return stop();
    const urls = confirmation.servers.named(state.team);
    if (urls.length === 0) return stop();
    for (const server of urls) void listen(self, state.team.body.team, server, started.signal);
  };
  const stop = (): void => {
    controller?.abort();
    controller = undefined;
  };

  return {
    all: () => [...known.values()].toSorted((a, b) => b.checked.request.created - a.checked.request.created),
    of: (id) => known.get(id),
    add: (asked) => put({ ...known.get(asked.checked.request.id), ...asked }),
    settle,
    async follow(isWanted) {
      stopLater?.();
      stopLater = undefined;
      if (isWanted) await start().catch(stop);
      else if (controller) stopLater = clock.after(afterFocusMs, stop);
    },
    dispose() {
      isDisposed = true;
      stopLater?.();
      stop();
    },
  };
}
