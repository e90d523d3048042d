/** Finds the password of a connection: stored, remembered for this window, or asked for. */
import { InputBoxValidationSeverity, window } from 'vscode';
import type { Passwords, StoredPassword } from '../../../adapters/credentials/passwords.ts';
import { bindingOf, lookUpPassword } from '../../../core/profile/binding.ts';
import type { BoundPassword } from '../../../core/profile/binding.ts';
import { describeTarget } from '../../../core/profile/connection.ts';
import type { ConnectionId, ConnectionProfile } from '../../../core/profile/connection.ts';
import { environmentLabel } from './appearance.ts';
import { askChoice, askText } from './ask.ts';
import { plainText } from '../../plainText.ts';

export interface PasswordKeeper {
  /** `undefined` when the person gave none; `''` when they say that there is none. */
  password(profile: ConnectionProfile): Promise<string | undefined>;
  refused(profile: ConnectionProfile): void;
  /** Stores it without asking; says so when that fails. */
  save(profile: ConnectionProfile, password: string): Promise<void>;
  /** For this window only. */
  remember(profile: ConnectionProfile, password: string): void;
  forget(id: ConnectionId): Promise<void>;
  /** What is known without asking. */
  known(profile: ConnectionProfile): Promise<string | undefined>;
}

/** @param storeLabel - where `passwords` keeps them right now, for a sentence */
export function createPasswordKeeper(passwords: Passwords, storeLabel: () => string): PasswordKeeper {
  const remembered = new Map<ConnectionId, readonly BoundPassword[]>();
  const refusedIds = new Set<ConnectionId>();
  const asking = new Map<string, Promise<string | undefined>>();

  const remember = (profile: ConnectionProfile, password: string): void => {
    remembered.set(profile.id, [{ binding: bindingOf(profile), password }]);
  };
  const save = async (profile: ConnectionProfile, password: string): Promise<void> => {
    // Whatever becomes of the store, this window can go on.
    remember(profile, password);
    refusedIds.delete(profile.id);
    const written = await passwords.save(profile, password);
    if (written.kind === 'failed') void window.showWarningMessage(plainText(`The password of ${profile.name} was not saved; it is used until this window closes. ${written.message}`));
  };
  const find = async (profile: ConnectionProfile): Promise<StoredPassword> => {
    const own = lookUpPassword(remembered.get(profile.id) ?? [], bindingOf(profile));
    return own.kind === 'found' ? own : await passwords.find(profile);
  };
  const ask = async (profile: ConnectionProfile): Promise<string | undefined> => {
    const refused = refusedIds.has(profile.id);
    const stored = await find(profile);
    if (stored.kind === 'found' && !refused) return stored.password;
    const password = await askPassword(profile, refused ? refusedNote : noteOf(stored));
    if (password === undefined) return undefined;
    const keep = await askWhetherToSave(profile, storeLabel());
    if (keep === undefined) return undefined;
    refusedIds.delete(profile.id);
    if (keep) await save(profile, password);
    else remember(profile, password);
    return password;
  };

  return {
    password: async (profile) => {
      // Several lines of one session want the same password at the same time: one question.
      const key = JSON.stringify([profile.id, bindingOf(profile)]);
      const answer = asking.get(key) ?? ask(profile).finally(() => asking.delete(key));
      asking.set(key, answer);
      return await answer;
    },
    refused: ({ id }) => {
      refusedIds.add(id);
      remembered.delete(id);
    },
    save,
    remember,
    forget: async (id) => {
      remembered.delete(id);
      refusedIds.delete(id);
      const removed = await passwords.forget(id);
      if (removed.kind === 'failed') void window.showWarningMessage(plainText(`The stored password could not be removed. ${removed.message}`));
    },
    known: async (profile) => {
      const stored = await find(profile);
      return stored.kind === 'found' && !refusedIds.has(profile.id) ? stored.password : undefined;
    },
  };
}

const refusedNote = 'The server refused the password that was used before. Enter the current one.';

function noteOf(stored: StoredPassword): string | undefined {
  switch (stored.kind) {
    case 'changed':
      return `The stored password is not used, because this connection changed since it was saved (${stored.changes.join(', ')}). Enter it only if you trust that change.`;
    case 'none':
      return stored.note;
    default:
      return undefined;
  }
}

async function askPassword(profile: ConnectionProfile, note: string | undefined): Promise<string | undefined> {
  const answer = await askText({
    title: `Password for ${profile.name} (${environmentLabel[profile.environment]})`,
    prompt: `For ${describeTarget(profile)}. Leave it empty if the server asks for none.`,
    password: true,
    ...(note === undefined ? {} : { note: { message: note, severity: InputBoxValidationSeverity.Warning } }),
  });
  return answer.kind === 'value' ? answer.value : undefined;
}

async function askWhetherToSave(profile: ConnectionProfile, label: string): Promise<boolean | undefined> {
  const answer = await askChoice<boolean>({
    title: `Password for ${profile.name}`,
    placeholder: 'Keep this password?',
    items: [
      { label: '$(lock) Save the Password', detail: `In ${label}, for ${describeTarget(profile)} only`, value: true },
      { label: '$(watch) Use It Until This Window Closes', detail: 'Nothing is stored', value: false },
    ],
  });
  return answer.kind === 'value' ? answer.value : undefined;
}
