/** `/v1/requests`: file, look, wait, answer, claim. */
import type { Hono } from 'hono';
import { isPostAct, isPostMessage, isPostRequest, maxBoxBytes, maxMessageBytes, messageKinds } from '../../protocol/confirmation.ts';
import type { MessageKind } from '../../protocol/confirmation.ts';
import { bearerOf, lastSeen, readBody } from '../input.ts';
import type { Metrics } from '../metrics.ts';
import { notFound } from '../refused.ts';
import type { Requests } from '../requests.ts';
import type { Teams } from '../teams.ts';
import { eventText } from '../waiting.ts';
import type { Source, Waiting } from '../waiting.ts';

export type RequestRoutes = { readonly requests: Requests; readonly teams: Teams; readonly waiting: Waiting; readonly metrics: Metrics };

const paths: Readonly<Record<MessageKind, string>> = { decision: 'decisions', seen: 'seen', enrolment: 'enrolments' };
const bodyLimit = (bytes: number): number => Math.ceil((bytes * 4) / 3) + 1024;
/** With an inbox of the largest team. */
const maxFilingBytes = bodyLimit(maxBoxBytes) + 500 * 500;
const maxActBytes = 16 * 1024;

export function addRequestRoutes(app: Hono, { requests, teams, waiting, metrics }: RequestRoutes): void {
  app.post('/v1/requests', async (context) => {
    const message = await readBody(context, isPostRequest, maxFilingBytes);
    const result = await requests.file(message);
    if (result === 'filed') metrics.count('countersign_requests_filed_total');
    return context.json({ id: message.id, state: 'open' }, result === 'filed' ? 201 : 200);
  });

  app.get('/v1/requests/:id', async (context) => {
    const id = context.req.param('id');
    await requests.authorise(id, bearerOf(context));
    return context.json(await requests.view(id));
  });

  app.get('/v1/requests/:id/team', async (context) => {
    const id = context.req.param('id');
    await requests.authorise(id, bearerOf(context));
    const file = await teams.withDigest(await requests.teamOf(id));
    if (file === undefined) throw notFound();
    return context.json(file);
  });

  app.get('/v1/requests/:id/events', async (context) => {
    const id = context.req.param('id');
    await requests.authorise(id, bearerOf(context));
    const after = lastSeen(context);
    if ((context.req.header('accept') ?? '').includes('text/event-stream')) return waiting.open(eventsOf(requests, id, after));
    return context.json({ events: await requests.eventsAfter(id, after) });
  });

  for (const kind of messageKinds) {
    app.post(`/v1/requests/:id/${paths[kind]}`, async (context) => {
      const id = context.req.param('id');
      await requests.authorise(id, bearerOf(context));
      const { box } = await readBody(context, isPostMessage, bodyLimit(maxMessageBytes));
      const { seq, isNew } = await requests.append(id, kind, box);
      if (isNew) metrics.count('countersign_messages_total', { kind });
      return context.json({ seq }, isNew ? 201 : 200);
    });
  }

  for (const path of ['claim', 'close']) {
    app.post(`/v1/requests/:id/${path}`, async (context) => {
      const { act } = await readBody(context, isPostAct, maxActBytes);
      const receipt = await requests.act(context.req.param('id'), act);
      metrics.count('countersign_claims_total', { result: path });
      return context.json(receipt === undefined ? {} : { receipt });
    });
  }
}

/** Ends with the request: after its last event there is nothing to wait for. */
function eventsOf(requests: Requests, id: string, after: number): Source {
  let last = after;
  let isOver = false;
  return {
    topic: id,
    isOver: () => isOver,
    async news() {
      const events = (await requests.eventsAfter(id, last)).filter(({ seq }) => seq > last);
      last = events.at(-1)?.seq ?? last;
      isOver ||= events.some(({ kind }) => kind === 'claimed' || kind === 'closed' || kind === 'expired');
      return events.map((event) => eventText(event.kind, event, event.seq)).join('');
    },
  };
}
