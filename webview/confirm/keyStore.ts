/** Software keys of this browser: kept where scripts of this origin can use them and nobody can read them. */
import type { PrivateKey } from '../../src/core/approval/crypto.ts';

const databaseName = 'countersign';
const storeName = 'keys';

/** @returns the key with that keyid, if this browser has it */
export async function loadKey(keyid: string): Promise<PrivateKey | undefined> {
  return (await inStore('readonly', (store) => store.get(keyid) as IDBRequest<PrivateKey | undefined>)) ?? undefined;
}

export async function saveKey(keyid: string, key: PrivateKey): Promise<void> {
  await inStore('readwrite', (store) => store.put(key, keyid));
}

export async function savedKeyids(): Promise<ReadonlySet<string>> {
  const keys = await inStore('readonly', (store) => store.getAllKeys());
  return new Set(keys.map(String));
}

async function inStore<Answer>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<Answer>): Promise<Answer> {
  const database = await answerOf(openDatabase());
  try {
    return await answerOf(ask(database.transaction(storeName, mode).objectStore(storeName)));
  } finally {
    database.close();
  }
}

function openDatabase(): IDBOpenDBRequest {
  const opening = indexedDB.open(databaseName, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(storeName);
  return opening;
}

async function answerOf<Answer>(asked: IDBRequest<Answer>): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('the browser keeps nothing for this page'));
  });
}
