/** How the server would carry out a definition: tried where a schema is set aside for that, else as its manual says. */
import type { AloneRequest } from '../../app/ports.ts';
import { describeWay, forecastAlter } from '../../core/effect/mysql/alterForecast.ts';
import type { Inspection } from '../../core/effect/inspection.ts';
import { readAlterActions, type AlterActions } from '../../core/sql/mysql/alterActions.ts';
import type { ClassifiedStatement } from '../../core/sql/verdict.ts';
import type { Context } from './context.ts';
import { tryOnScratch } from './trial.ts';

const label = 'How the server would do it';
const advice = 'Add ALGORITHM=INSTANT, or ALGORITHM=INPLACE and LOCK=NONE, and the server refuses instead of making others wait.';

/** Nothing for statements that alter no table. Never rejects. */
export async function alterWay(context: Context, statement: ClassifiedStatement, { limits, found }: { readonly limits: AloneRequest['limits']; readonly found: boolean }): Promise<Inspection | undefined> {
  const dialect = context.server.dialect === 'mariadb' ? 'mariadb' : 'mysql';
  const actions = found ? readAlterActions(statement.text, dialect) : undefined;
  const table = tableOf(statement, context);
  if (!actions || table === undefined) return undefined;
  const { algorithm, lock } = actions.asked;
  if (algorithm !== undefined && algorithm !== 'DEFAULT') {
    const asked = `ALGORITHM=${algorithm}${lock === undefined ? '' : `, LOCK=${lock}`}`;
    return { facts: [{ label, text: `As the statement asks, ${asked}; where that is not possible the server refuses, and nothing is different.` }], unknown: [] };
  }
  return await learn(context, { table, actions, schema: limits.scratchSchema, dialect });
}

type Question = { readonly table: string; readonly actions: AlterActions; readonly schema: string | undefined; readonly dialect: 'mysql' | 'mariadb' };

async function learn(context: Context, { table, actions, schema, dialect }: Question): Promise<Inspection> {
  const trial = schema === undefined ? undefined : await tryOnScratch(context, { table, actions, schema });
  if (trial?.kind === 'tried') return { facts: [{ label, text: `${describeWay(trial.way)} Tried on an empty copy in ${schema ?? ''}. ${trial.way === 'instant' ? '' : advice}`.trimEnd() }], unknown: [] };
  const untried = trial ? [`It was not tried on an empty copy: ${trial.why}.`] : [];
  const way = forecastAlter(actions, { dialect, versionNumber: context.versionNumber });
  if (way !== undefined) return { facts: [{ label, text: `${describeWay(way)} That is what the manual says for most tables; it was not tried. ${advice}` }], unknown: untried };
  const hint = schema === undefined ? ' Empty copies are made to find out where “countersign.preview.scratchSchema” names a schema for them.' : '';
  return { facts: [], unknown: [...untried, `Whether the server does it at once, in place or by copying the whole table. ${advice}${hint}`] };
}

function tableOf({ targets }: ClassifiedStatement, { guards, server }: Context): string | undefined {
  const [target] = targets.filter(({ access }) => access === 'write');
  return target && `${quoteName(target.schema ?? guards.get('database') ?? server.database)}.${quoteName(target.table)}`;
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
