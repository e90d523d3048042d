/** The body of a request, made of a change: what is asked, where, with what effect, and what the requester was told. */
import { definitionLines } from '../effect/catalog.ts';
import { rows as rowsInWords } from '../effect/describe.ts';
import type { Preview, TableImages } from '../effect/preview.ts';
import { riskLines } from '../effect/riskLines.ts';
import type { Masking } from '../masking/masking.ts';
import type { RiskRule } from '../sql/risks.ts';
import type { ClassifiedStatement } from '../sql/verdict.ts';
import type { UndoNotice } from '../undo/kept.ts';
import { unreachable } from '../unreachable.ts';
import { utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { cut, plainName } from './effectOf.ts';
import { bodyBytes } from './envelope.ts';
import { previewRows, tellRows } from './previewRows.ts';
import type { ToldTable } from './previewRows.ts';
import { parseRequest } from './request.ts';
import type { RequestBody } from './request.ts';
import { maxBodyBytes } from './strictJson.ts';

type Kept = 'id' | 'nonce' | 'team' | 'requester' | 'origin' | 'created' | 'expires' | 'reason' | 'ticket' | 'supersedes' | 'drift' | 'target' | 'session' | 'effect' | 'emergency' | 'log';

export type AskedChange = Pick<RequestBody, Kept> & {
  readonly environment: RequestBody['facts']['environment'];
  readonly statements: readonly ClassifiedStatement[];
  readonly preview: Pick<Preview, 'effects' | 'permanent' | 'definition' | 'unlisted'>;
  /** What is known although nothing ran, in words. */
  readonly known: readonly string[];
  readonly images: readonly TableImages[];
  /** Absent: no way back is kept. */
  readonly undo?: UndoNotice;
  readonly rules: readonly RiskRule[];
  /** Of these images. Texts of statements are not masked: they are what is approved. */
  readonly masking: Masking;
};

export type ComposedRequest =
  | { readonly kind: 'composed'; readonly body: RequestBody; /** The bytes that are signed. */ readonly bytes: Bytes }
  /** It cannot be put into a request; why, as a sentence. */
  | { readonly kind: 'unfit'; readonly why: string };

/** Never more than a request may hold: rows are left out first, and it says so. */
export function composeRequest(asked: AskedChange): ComposedRequest {
  const told = tellRows(asked.images, asked.masking);
  const bare = bodyOf(asked, told, 0);
  const room = maxBodyBytes - utf8(JSON.stringify(bare)).length - margin;
  if (room < 0) return { kind: 'unfit', why: 'Its text is longer than a request can hold. Run it in parts.' };
  const body = bodyOf(asked, told, room);
  const bytes = bodyBytes(body);
  // What cannot be read here could not be read by whoever is asked either.
  return parseRequest(bytes) === undefined ? { kind: 'unfit', why: 'A reviewer could not read it: it has too many statements or tables, or holds half of a character. Run it in parts.' } : { kind: 'composed', body, bytes };
}

const margin = 4096;

function bodyOf(asked: AskedChange, told: readonly ToldTable[], room: number): RequestBody {
  const { statements, preview, environment, undo, ticket, supersedes, drift, emergency, log, masking } = asked;
  const tables = previewRows(told, room);
  const { id, nonce, team, requester, origin, created, expires, reason, target, session, effect } = asked;
  return {
    v: 1,
    id,
    nonce,
    team,
    requester,
    origin,
    created,
    expires,
    reason: cut(reason, 4000),
    ...(ticket === undefined || ticket === '' ? {} : { ticket: plainName(ticket, 200) }),
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(drift === undefined ? {} : { drift }),
    ...(emergency === undefined ? {} : { emergency }),
    ...(log === undefined ? {} : { log }),
    target,
    session,
    statements: statements.map(({ text, class: cls }) => ({ sql: text, params: [], class: cls })),
    effect,
    preview: { masked: tables.some(({ masked }) => masked.length > 0), tables },
    facts: {
      environment,
      risks: risksOf(asked).slice(0, 64),
      permanent: preview.permanent.slice(0, 64).map((text) => cut(text, 1000)),
      undo: undoFact(undo, masking),
    },
    runOnce: true,
  };
}

function risksOf({ statements, preview, rules, known, masking }: AskedChange): RequestBody['facts']['risks'] {
  const lines = riskLines(statements, preview.effects, rules);
  const definitions = definitionLines((preview.definition?.changes ?? []).map(masking.definition)).map((text) => ({ level: 'medium' as const, text }));
  const unlisted = (preview.unlisted ?? 0) > 0 ? [{ level: 'high' as const, text: `${rowsInWords(preview.unlisted ?? 0)} of other tables change as well, and could not be found.` }] : [];
  return [...unlisted, ...lines, ...definitions, ...known.map((text) => ({ level: 'medium' as const, text }))].map(({ level, text }) => ({ level, text: cut(text, 1000) }));
}

/** What the reviewer is told about taking it back. A reason can be the server's own words, with a value in them. */
function undoFact(notice: UndoNotice | undefined, masking: Masking): RequestBody['facts']['undo'] {
  if (notice === undefined) return { kind: 'none', text: 'No way back is kept.' };
  switch (notice.kind) {
    case 'kept': {
      const what = notice.objects.length > 0 ? `${notice.objects.join(', ')} can be brought back` : `${rowsInWords(notice.rows)} can be restored`;
      return { kind: notice.leaves.length === 0 ? 'planned' : 'partial', text: cut([`${what}.`, ...notice.leaves].join(' '), 1000) };
    }
    case 'nothing':
      return { kind: 'planned', text: 'There is nothing to restore.' };
    case 'none':
      return { kind: 'none', text: cut(`No undo, because ${masking.text(notice.reason)}`, 1000) };
    default:
      return unreachable(notice);
  }
}
