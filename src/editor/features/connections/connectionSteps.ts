/** The questions that make a connection, one function each; environment first, so that production is said before anything else. */
import { InputBoxValidationSeverity, Uri, window } from 'vscode';
import { describeTarget, environments, tlsModes } from '../../../core/profile/connection.ts';
import type { ConnectionProfile, Environment, TlsMode } from '../../../core/profile/connection.ts';
import { defaultPort, defaultTlsMode } from '../../../core/profile/defaults.ts';
import { dialectNames } from '../../../core/profile/dialectNames.ts';
import { databaseProblem, hostProblem, nameProblem, normaliseHost, portProblem, userProblem } from '../../../core/profile/fields.ts';
import { comparableName } from '../../../core/profile/parseConnections.ts';
import { matchProduction } from '../../../core/profile/productionMatch.ts';
import type { Dialect } from '../../../core/sql/verdict.ts';
import { connectionIcon, environmentLabel } from './appearance.ts';
import { askChoice, askText } from './ask.ts';
import type { Answer, Choice } from './ask.ts';
import { profileOfDraft, suggestName } from './connectionDraft.ts';
import type { ConnectionDraft } from './connectionDraft.ts';
import { productionPatterns } from './configuration.ts';
import type { Step } from './steps.ts';

export type ConnectionStep = Step<ConnectionDraft>;

/** @param names - of the person's other connections */
export function connectionSteps(title: string, names: readonly string[]): readonly ConnectionStep[] {
  const taken = new Set(names.map(comparableName));
  const isTaken = (name: string): boolean => taken.has(comparableName(name));
  return [
    environmentStep(title),
    dialectStep(title),
    textStep(title, { key: 'host', prompt: 'Host name or address of the server.', placeholder: 'db-1.example.com', problem: hostProblem }),
    portStep(title),
    textStep(title, { key: 'user', prompt: 'User to log in as.', placeholder: 'app_rw', problem: userProblem }),
    textStep(title, { key: 'database', prompt: 'Database to work on.', placeholder: 'shop', problem: databaseProblem }),
    tlsStep(title),
    nameStep(title, isTaken),
    productionStep(title),
    passwordStep(title),
  ];
}

const environmentDetail: Readonly<Record<Environment, string>> = {
  development: 'Yours to break. Statements run directly.',
  staging: 'Shared, but no customer depends on it. Statements run directly.',
  production: 'Real data. Read-only until you allow writes for a while; every change is shown before it is final.',
};

function environmentStep(title: string): ConnectionStep {
  return async (draft, place) => {
    const items = environments.map((value): Choice<Environment> => ({ label: environmentLabel[value], detail: environmentDetail[value], iconPath: connectionIcon(value), value }));
    const active = draft.original?.environment ?? draft.environment;
    const answer = await askChoice<Environment>({ title, place, items, placeholder: 'What is it?', ...(active === 'production' && !draft.original ? {} : { active }) });
    return withAnswer(answer, (environment) => ({ ...draft, environment }));
  };
}

const dialects: readonly Dialect[] = ['postgresql', 'mysql', 'mariadb'];

function dialectStep(title: string): ConnectionStep {
  return async (draft, place) => {
    const items = dialects.map((value): Choice<Dialect> => ({ label: dialectNames[value], value }));
    const answer = await askChoice<Dialect>({ title, place, items, placeholder: 'Which database system?', active: draft.dialect });
    return withAnswer(answer, (dialect) => ({ ...draft, dialect, port: draft.port === defaultPort(draft.dialect) ? defaultPort(dialect) : draft.port }));
  };
}

type TextField = {
  readonly key: 'host' | 'user' | 'database';
  readonly prompt: string;
  readonly placeholder: string;
  readonly problem: (text: string) => string | undefined;
};

function textStep(title: string, { key, ...question }: TextField): ConnectionStep {
  return async (draft, place) => {
    const problem = (text: string) => question.problem(text.trim());
    const answer = await askText({ title, place, ...question, problem, value: draft[key] });
    return withAnswer(answer, (text) => ({ ...draft, [key]: text.trim() }));
  };
}

function portStep(title: string): ConnectionStep {
  return async (draft, place) => {
    const problem = (text: string) => portProblem(/^\s*\d+\s*$/u.test(text) ? Number(text) : undefined);
    const answer = await askText({ title, place, prompt: 'Port of the server.', value: String(draft.port), problem });
    return withAnswer(answer, (text) => ({ ...draft, port: Number(text) }));
  };
}

const tlsDetail: Readonly<Record<TlsMode, string>> = {
  'verify-full': 'Encrypted; the certificate must be valid and made out to this host.',
  'verify-ca': 'Encrypted; the certificate must be valid, the host name is not compared.',
  require: 'Encrypted; the certificate is not checked, so somebody in between could read along.',
  disable: 'Not encrypted. Only for a server on this machine or behind a tunnel.',
};

function tlsStep(title: string): ConnectionStep {
  return async (draft, place) => {
    const usual = defaultTlsMode(draft.environment, normaliseHost(draft.host));
    const modes = [usual, ...tlsModes.filter((mode) => mode !== usual)];
    const items: Choice<TlsMode | 'own-ca'>[] = [
      ...modes.map((mode) => ({ label: mode, detail: tlsDetail[mode], value: mode, ...(mode === usual ? { description: 'recommended here' } : {}) })),
      { label: 'verify-full with a certificate file…', detail: 'For servers whose certificate your own authority signed.', value: 'own-ca' },
    ];
    const before = draft.tls && (draft.tls.caFile === undefined ? draft.tls.mode : 'own-ca');
    const answer = await askChoice<TlsMode | 'own-ca'>({ title, place, items, placeholder: 'How should the line be secured?', ...(before === undefined ? {} : { active: before }) });
    if (answer.kind !== 'value') return answer;
    if (answer.value !== 'own-ca') return { kind: 'value', value: { ...draft, tls: { mode: answer.value } } };
    const caFile = await askCaFile(draft.tls?.caFile);
    // Without a file there is nothing to verify with: the question is asked again.
    return caFile === undefined ? await tlsStep(title)(draft, place) : { kind: 'value', value: { ...draft, tls: { mode: 'verify-full', caFile } } };
  };
}

async function askCaFile(before: string | undefined): Promise<string | undefined> {
  const files = await window.showOpenDialog({
    title: 'Certificate file of your authority (PEM)',
    canSelectMany: false,
    filters: { Certificates: ['pem', 'crt', 'cer'], 'All files': ['*'] },
    ...(before === undefined ? {} : { defaultUri: Uri.file(before) }),
  });
  return files?.[0]?.fsPath;
}

function nameStep(title: string, isTaken: (name: string) => boolean): ConnectionStep {
  return async (draft, place) => {
    const problem = (text: string) => nameProblem(text.trim()) ?? (isTaken(text) ? 'One of your connections has this name already.' : undefined);
    const value = draft.name === '' ? suggestName(draft, isTaken) : draft.name;
    const answer = await askText({ title, place, prompt: 'A name for it. You will see it wherever this connection is used.', value, problem });
    return withAnswer(answer, (text) => ({ ...draft, name: text.trim() }));
  };
}

/** Asks when something else looks like production. Only ever suggests more protection. */
function productionStep(title: string): ConnectionStep {
  return async (draft, place) => {
    const look = [draft.name, draft.host, draft.database].join(' ');
    const pattern = draft.environment === 'production' ? undefined : matchProduction([draft.name, draft.host, draft.database], productionPatterns());
    if (pattern === undefined || draft.notProduction === look) return { kind: 'skip' };
    const own = environmentLabel[draft.environment];
    const answer = await askChoice<boolean>({
      title,
      place,
      placeholder: `This looks like production: “${pattern}” fits.`,
      items: [
        { label: `Keep It as ${own}`, detail: 'Statements run directly, without a preview.', value: false },
        { label: 'Mark It as Production', detail: 'Read-only until you allow writes; every change is shown first; TLS as verify-full.', value: true },
      ],
    });
    return withAnswer(answer, (isProduction) => (isProduction ? asProduction(draft) : { ...draft, notProduction: look }));
  };
}

function asProduction(draft: ConnectionDraft): ConnectionDraft {
  const caFile = draft.tls?.caFile;
  const tls = { mode: defaultTlsMode('production', normaliseHost(draft.host)), ...(caFile === undefined ? {} : { caFile }) };
  return { ...draft, environment: 'production', tls };
}

function passwordStep(title: string): ConnectionStep {
  return async (draft, place) => {
    const { original, refused } = draft;
    const kept = original?.source === 'personal' && sameTarget(original, profileOfDraft(draft));
    const answer = await askText({
      title,
      place,
      password: true,
      value: draft.password,
      prompt: kept ? 'Password. Leave it empty to keep the one that is stored.' : 'Password. Leave it empty to be asked when you connect.',
      ...(refused === undefined ? {} : { note: { message: refused, severity: InputBoxValidationSeverity.Error } }),
    });
    return withAnswer(answer, (password) => {
      const { refused: _said, ...rest } = draft;
      return { ...rest, password };
    });
  };
}

function sameTarget(a: ConnectionProfile, b: ConnectionProfile): boolean {
  return describeTarget(a) === describeTarget(b);
}

function withAnswer<Value>(answer: Answer<Value>, change: (value: Value) => ConnectionDraft): Answer<ConnectionDraft> {
  return answer.kind === 'value' ? { kind: 'value', value: change(answer.value) } : answer;
}
