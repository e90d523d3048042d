/** `/v1/audit`: members bring their records, and read what the log holds. */
import type { Context, Hono } from 'hono';
import { isPostAudit, maxAuditBytes } from '../../protocol/audit.ts';
import type { AuditLog, Appended } from '../audit/auditLog.ts';
import { lastSeen, readBody } from '../input.ts';
import type { Limits } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { createRateLimit } from '../rateLimit.ts';
import { Refused, notFound } from '../refused.ts';
import { sessionOf } from './memberRoutes.ts';
import type { MemberRoutes, Session } from './memberRoutes.ts';

export type AuditRoutes = MemberRoutes & { readonly audit: AuditLog; readonly limits: Limits; readonly metrics: Metrics };

/** Lines are JSON in JSON: each of their characters may become two. */
const maxBodyBytes = maxAuditBytes * 2 + 64 * 1024;

export function addAuditRoutes(app: Hono, routes: AuditRoutes): void {
  const { audit, metrics, now } = routes;
  const limit = createRateLimit(routes.limits.auditPerMinute);
  const memberOf = async (context: Context): Promise<Session> => {
    const session = await sessionOf(context, routes);
    if (!limit.take(`${session.team} ${session.member}`, now())) throw new Refused(429, 'too-many-calls', 'Too many calls of this member. Wait a minute; records are sent together when many wait.');
    return session;
  };

  const membersOf = async (team: string): Promise<ReadonlySet<string>> => new Set((await routes.teams.named(team))?.body.members.map(({ id }) => id) ?? []);

  app.post('/v1/audit', async (context) => {
    const { team, member } = await memberOf(context);
    const { lines, since } = await readBody(context, isPostAudit, maxBodyBytes);
    const appended = await audit.append(team, { member, members: await membersOf(team), lines, since });
    count(metrics, appended);
    switch (appended.kind) {
      case 'kept':
        return context.json(appended.receipt, appended.fresh > 0 ? 201 : 200);
      case 'gap':
        return context.json({ error: { code: 'gap', message: `Events before these are missing: the log waits for event ${String(appended.next)} of this stream.` }, next: appended.next }, 409);
      case 'other-member':
        return context.json({ error: { code: 'other-member', message: `This stream is brought by ${appended.member}, and nobody else can go on with it.` } }, 409);
      case 'fork':
        return context.json({ error: { code: 'fork', message: `The log holds another event ${String(appended.seq)} of this stream. One of the two was changed.` } }, 409);
    }
  });

  app.get('/v1/audit/checkpoint', async (context) => context.json(await audit.view((await memberOf(context)).team)));

  app.get('/v1/audit/proof', async (context) => {
    const { team } = await memberOf(context);
    const [from, to, leaf, size] = ['from', 'to', 'leaf', 'size'].map((name) => numberOf(context, name));
    if ((from === undefined) === (leaf === undefined)) throw new Refused(400, 'malformed', 'Ask for ?from=SIZE[&to=SIZE] or for ?leaf=INDEX[&size=SIZE].');
    const view = from === undefined ? await audit.inclusion(team, leaf ?? 0, size) : await audit.consistency(team, from, to);
    if (view === undefined) throw notFound();
    return context.json(view);
  });

  app.get('/v1/audit/events', async (context) => {
    const { team } = await memberOf(context);
    return context.json(await audit.page(team, lastSeen(context)));
  });
}

function count(metrics: Metrics, appended: Appended): void {
  metrics.count('countersign_audit_batches_total', { result: appended.kind });
  if (appended.kind === 'kept') metrics.count('countersign_audit_events_total', {}, appended.fresh);
}

function numberOf({ req }: Context, name: string): number | undefined {
  const text = req.query(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Refused(400, 'malformed', `${name} is a whole number.`);
  return Number(text);
}
