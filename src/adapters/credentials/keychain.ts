/** The keychain of the operating system. Holds a native module: only ever imported when the person chose the keychain. */
import keytar from 'keytar';

export type Keychain = Pick<typeof keytar, 'getPassword' | 'setPassword' | 'deletePassword'>;

export const keychain: Keychain = keytar;
