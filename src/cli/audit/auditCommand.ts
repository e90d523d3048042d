/** `countersign audit verify | tail | export`: the records of this machine and of the team's log, checked and read without an editor. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ReadStream } from '../../adapters/audit/spool/streams.ts';
import { toOcsf } from '../../core/audit/ocsf.ts';
import { stateFolder } from '../run/machine.ts';
import { readArguments, readChoice, UsageError } from '../usage.ts';
import { readLogFile, readServer, readSpool, readTeams } from './sources.ts';
import { followNew, printNewest } from './tailCommand.ts';
import { verify } from './verifyCommand.ts';

const options = {
  folder: { type: 'string' },
  format: { type: 'string' },
  count: { type: 'string' },
  follow: { type: 'boolean' },
  log: { type: 'string' },
  server: { type: 'string' },
  ca: { type: 'string' },
  key: { type: 'string' },
  'ssh-key': { type: 'string' },
  team: { type: 'string', multiple: true },
  'team-sig': { type: 'string', multiple: true },
  checkpoints: { type: 'string', multiple: true },
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

/** @returns 0 when nothing is wrong, 1 when something is */
export async function auditCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  const [action, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`audit ${action ?? ''} takes no file; name the folder of the records with --folder.`);
  switch (action) {
    case 'verify':
      return await verifyWith(values);
    case 'tail':
      return await tail(folderOf(values), values);
    case 'export':
      return await exportAll(values);
    default:
      throw new UsageError('audit takes one of verify, tail, export.');
  }
}

function folderOf({ folder = path.join(stateFolder(), 'audit') }: Values): string {
  if (!existsSync(folder)) throw new UsageError(`There are no records in ${folder}. Name their folder with --folder.`);
  return folder;
}

async function verifyWith(values: Values): Promise<number> {
  const teams = await readTeams(values.team ?? [], values['team-sig'] ?? []);
  if (values.log !== undefined && values.server !== undefined) throw new UsageError('Give --log or --server, not both.');
  const log = values.log === undefined ? values.server && (await readServer(serverOf(values, values.server, teams.newest))) : await readLogFile(values.log);
  // An auditor of a log need not have records of their own.
  const folder = log && values.folder === undefined && !existsSync(path.join(stateFolder(), 'audit')) ? undefined : folderOf(values);
  return await verify({ folder, streams: folder === undefined ? [] : await readSpool(folder), log: log === '' ? undefined : log, teams, checkpoints: values.checkpoints ?? [] });
}

function serverOf({ ca, key, 'ssh-key': sshKey }: Values, server: string, team: Parameters<typeof readServer>[0]['team']): Parameters<typeof readServer>[0] {
  return { server, team, ...(ca === undefined ? {} : { ca }), ...(key === undefined ? {} : { key }), ...(sshKey === undefined ? {} : { sshKey }) };
}

async function tail(folder: string, { count, follow = false }: Values): Promise<number> {
  const streams = await readSpool(folder);
  printNewest(streams, readCount(count));
  if (follow) await followNew(folder, streams);
  return 0;
}

async function exportAll(values: Values): Promise<number> {
  const format = readChoice('format', values.format ?? (values.server === undefined ? 'ocsf' : 'jsonl'), ['ocsf', 'jsonl']);
  if (values.server === undefined) return print((await readSpool(folderOf(values))).flatMap((stream) => exported(stream, format)));
  if (format !== 'jsonl') throw new UsageError('A log is exported as jsonl, from which “audit verify --log” can check it.');
  const { newest } = await readTeams(values.team ?? [], values['team-sig'] ?? []);
  const { view, entries } = await readServer(serverOf(values, values.server, newest));
  return print([view, ...entries]);
}

function exported({ events }: ReadStream, format: 'ocsf' | 'jsonl'): readonly object[] {
  return format === 'jsonl' ? events : events.map((event) => toOcsf(event, { version: '1' }));
}

function print(values: readonly object[]): number {
  for (const value of values) process.stdout.write(`${JSON.stringify(value)}\n`);
  return 0;
}

function readCount(text: string | undefined): number {
  if (text === undefined) return 20;
  if (!/^\d+$/u.test(text)) throw new UsageError('--count is a whole number.');
  return Number(text);
}
