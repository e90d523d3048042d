/** Team files and inboxes: what members reach with their own key. */
import type { Context, Hono } from 'hono';
import type { Crypto } from '../../core/approval/crypto.ts';
import { openEnvelope, payloadTypes } from '../../core/approval/envelope.ts';
import { signingKeyOf } from '../../core/approval/verifyRequest.ts';
import { isPostLogin, isPostTeam, parseLoginBody } from '../../protocol/confirmation.ts';
import type { InboxEntry } from '../../protocol/confirmation.ts';
import { bearerOf, hostOf, lastSeen, readBody } from '../input.ts';
import { Refused } from '../refused.ts';
import { inboxTopic } from '../requests.ts';
import type { Tokens } from '../serverKey.ts';
import type { Store } from '../store/store.ts';
import type { Teams } from '../teams.ts';
import { eventText } from '../waiting.ts';
import type { Source, Waiting } from '../waiting.ts';

export type MemberRoutes = { readonly crypto: Crypto; readonly store: Store; readonly teams: Teams; readonly waiting: Waiting; readonly tokens: Tokens; readonly trustProxy: boolean; readonly now: () => number };

const challengeMs = 2 * 60 * 1000;
const sessionMs = 60 * 60 * 1000;
const maxTeamBytes = 1_500_000;
const maxLoginBytes = 16 * 1024;

export type Session = { readonly team: string; readonly member: string };

export function addMemberRoutes(app: Hono, routes: MemberRoutes): void {
  const { store, teams, waiting, tokens, now } = routes;

  app.post('/v1/teams', async (context) => {
    const { digest, version, isNew } = await teams.accept(await readBody(context, isPostTeam, maxTeamBytes));
    return context.json({ digest, version }, isNew ? 201 : 200);
  });

  app.get('/v1/teams/:team', async (context) => {
    const session = await sessionOf(context, routes);
    if (session.team !== context.req.param('team')) throw new Refused(403, 'other-team', 'This session belongs to a member of another team.');
    return context.json({ files: await teams.after(session.team, lastSeen(context)) });
  });

  app.post('/v1/challenges', async (context) => context.json({ challenge: await tokens.make('challenge', {}, now() + challengeMs) }));

  app.post('/v1/login', async (context) => {
    const { login } = await readBody(context, isPostLogin, maxLoginBytes);
    const { team, member, keyid } = await loginOf(login, hostOf(context, routes.trustProxy), routes);
    const expires = now() + sessionMs;
    return context.json({ token: await tokens.make('session', { team, member, keyid }, expires), expires });
  });

  app.get('/v1/inbox', async (context) => {
    const session = await sessionOf(context, routes);
    const inbox = inboxOf(store, session, now);
    if ((context.req.header('accept') ?? '').includes('text/event-stream')) return waiting.open(inboxSource(session, inbox));
    return context.json({ requests: await inbox() });
  });
}

/** Whose session the call carries. @throws Refused when it carries none */
export async function sessionOf(context: Context, { tokens, teams }: MemberRoutes): Promise<Session> {
  const content = await tokens.read('session', bearerOf(context));
  const [team, member] = [String(content?.['team']), String(content?.['member'])];
  const key = content === undefined ? undefined : (await teams.named(team))?.keys.get(String(content['keyid']));
  // Whoever was taken out of the team file meanwhile has no session any more, and neither has a key that was revoked.
  if (key === undefined || key.member.id !== member || key.record.revoked !== undefined) throw new Refused(401, 'no-session', 'Log in again.');
  return { team, member };
}

async function loginOf(login: unknown, host: string, { crypto, tokens, teams }: MemberRoutes): Promise<Session & { readonly keyid: string }> {
  const opened = openEnvelope(login, payloadTypes.login);
  const body = opened.kind === 'opened' ? parseLoginBody(opened.body) : undefined;
  const team = body && (await teams.named(body.team));
  const key = team && opened.kind === 'opened' ? await signingKeyOf(crypto, team, opened) : undefined;
  const isFresh = body !== undefined && (await tokens.read('challenge', body.challenge)) !== undefined;
  if (body?.host !== host || key === undefined || !isFresh) throw new Refused(401, 'not-a-member', 'The challenge is not signed by a key in force of a member, for this server, or is too old.');
  return { team: body.team, member: key.member.id, keyid: key.keyid };
}

function inboxOf(store: Store, { team, member }: Session, now: () => number): () => Promise<readonly InboxEntry[]> {
  return async () => {
    const rows = await store.query("SELECT r.id, r.expires, i.sealed FROM inbox i JOIN requests r ON r.id = i.request WHERE i.team = $1 AND i.member = $2 AND r.state = 'open' AND r.expires > $3 ORDER BY r.created, r.id LIMIT 500", [team, member, now()]);
    return rows.map(({ id, expires, sealed }) => ({ id: String(id), expires: Number(expires), sealed: String(sealed) }));
  };
}

/** First everything that is open, then what comes and what goes. */
function inboxSource({ team }: Session, inbox: () => Promise<readonly InboxEntry[]>): Source {
  const shown = new Set<string>();
  return {
    topic: inboxTopic(team),
    isOver: () => false,
    async news() {
      const entries = await inbox();
      const ids = new Set(entries.map(({ id }) => id));
      const gone = [...shown].filter((id) => !ids.has(id));
      const come = entries.filter(({ id }) => !shown.has(id));
      for (const id of gone) shown.delete(id);
      for (const { id } of come) shown.add(id);
      return [...come.map((entry) => eventText('request', entry)), ...gone.map((id) => eventText('gone', { id }))].join('');
    },
  };
}
