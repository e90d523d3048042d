/** The confirmation server as one function from request to response; `serve.ts` gives it a port. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import { routePath } from 'hono/route';
import { b64u } from '../core/approval/bytes.ts';
import type { AuditLog } from './audit/auditLog.ts';
import type { Crypto } from '../core/approval/crypto.ts';
import type { ServerView } from '../protocol/confirmation.ts';
import { addressOf } from './input.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { addPage, securityHeaders } from './page.ts';
import type { PageFiles } from './page.ts';
import { createRateLimit } from './rateLimit.ts';
import { Refused } from './refused.ts';
import { addAuditRoutes } from './routes/auditRoutes.ts';
import { addMemberRoutes } from './routes/memberRoutes.ts';
import { addRequestRoutes } from './routes/requestRoutes.ts';
import type { Requests } from './requests.ts';
import type { ServerKey, Tokens } from './serverKey.ts';
import type { Store } from './store/store.ts';
import type { Teams } from './teams.ts';
import type { Waiting } from './waiting.ts';

export type AppParts = {
  readonly crypto: Crypto;
  readonly store: Store;
  readonly requests: Requests;
  readonly teams: Teams;
  readonly waiting: Waiting;
  readonly audit: AuditLog;
  readonly key: ServerKey;
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly page: PageFiles;
  readonly trustProxy: boolean;
  readonly now: () => number;
};

export function createApp(parts: AppParts): Hono {
  const app = new Hono();
  app.use('*', async (context: Context, next) => {
    const started = performance.now();
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value);
    report(parts, context, performance.now() - started);
  });
  app.use('*', limitRate(parts));
  addPage(app, parts.page);
  addRequestRoutes(app, parts);
  addMemberRoutes(app, parts);
  addAuditRoutes(app, parts);
  addOperations(app, parts);
  app.notFound((context) => context.json(problemBody('not-found', 'There is nothing here.'), 404));
  app.onError((error, context) => answerError(parts, error, context));
  return app;
}

function limitRate({ limits, metrics, trustProxy, now }: AppParts): (context: Context, next: () => Promise<void>) => Promise<void> {
  const [reads, writes] = [createRateLimit(limits.readsPerMinute), createRateLimit(limits.writesPerMinute)];
  return async (context, next) => {
    // Records come as fast as a person works, and are counted for each member besides.
    const limit = context.req.method === 'POST' && context.req.path !== '/v1/audit' ? writes : reads;
    if (!limit.take(addressOf(context, trustProxy), now())) {
      metrics.count('countersign_rate_limited_total');
      throw new Refused(429, 'too-many-calls', 'Too many calls from this address. Wait a minute.');
    }
    await next();
  };
}

function addOperations(app: Hono, { store, waiting, metrics, key, now }: AppParts): void {
  app.get('/healthz', async (context) => {
    await store.query('SELECT 1 AS one');
    return context.json({ status: 'ok', store: store.kind });
  });
  app.get('/metrics', async (context) => {
    const [open] = await store.query("SELECT count(*) AS n FROM requests WHERE state = 'open'");
    const gauges = { countersign_waiting_clients: waiting.size(), countersign_open_requests: Number(open?.['n']), process_resident_memory_bytes: process.memoryUsage.rss() };
    return context.text(metrics.text(gauges), 200, { 'Content-Type': 'text/plain; version=0.0.4' });
  });
  app.get('/v1/server', (context) => {
    const view: ServerView = { v: 1, key: { alg: 'es256', pub: b64u(key.pub), keyid: key.keyid }, now: now() };
    return context.json(view);
  });
  app.get('/', (context) => context.text('A Countersign confirmation server. Requests are opened with the link somebody sent you.\n'));
}

/** The route as it was declared, so that no id and nothing a client made up becomes a label. */
function report({ metrics, log }: AppParts, context: Context, milliseconds: number): void {
  const { status } = context.res;
  const declared = routePath(context, -1);
  const route = declared.includes('*') ? 'other' : `${context.req.method} ${declared}`;
  const id = context.req.param('id')?.slice(0, 18);
  metrics.count('countersign_http_requests_total', { route, status: String(status) });
  metrics.observe(milliseconds);
  log.info('call', { route, status, ms: Math.round(milliseconds * 10) / 10, ...(id === undefined ? {} : { id }) });
}

function answerError({ metrics, log }: AppParts, error: Error, context: Context): Response {
  if (error instanceof Refused) return context.json(problemBody(error.code, error.message), error.status);
  metrics.count('countersign_errors_total');
  // The message of a driver may quote values: only its kind is written down.
  const { code } = error as { readonly code?: unknown };
  log.error('a call failed', { error: error.name, code: typeof code === 'string' ? code : '' });
  return context.json(problemBody('unavailable', 'The server could not do this now. Nothing was changed; try again.'), 503);
}

function problemBody(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message } };
}
