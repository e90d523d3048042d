/** The person's own settings, read from the file in which the editor keeps them. */
import { getNodeValue, parseTree } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { accessLevels } from '../core/profile/connection.ts';
import type { Access, ConnectionProfile } from '../core/profile/connection.ts';
import { confirmationWishes } from '../core/policy/confirmation.ts';
import type { ConfirmationWish } from '../core/policy/confirmation.ts';
import { isObject } from '../core/profile/reader.ts';
import type { ConnectionOrigin } from '../core/profile/parseConnection.ts';
import { parsePersonalConnections } from '../core/profile/parseConnections.ts';

export type OwnSettings = {
  readonly profiles: readonly ConnectionProfile[];
  /** `countersign.production.access`, where it is set. */
  readonly access?: Access;
  /** `countersign.production.typedConfirmation`. */
  readonly typedConfirmation: boolean;
  /** `countersign.production.confirmation`, where it is set; a value nobody knows is the strictest. */
  readonly confirmation?: ConfirmationWish;
  readonly records?: OwnRecords;
};

/** What the settings say about records: `countersign.audit.endpoints`, not parsed, `.required` and `.includeSql`. */
export type OwnRecords = { readonly endpoints: unknown; readonly required: boolean; readonly sql: 'full' | 'hash' };

/** What holds where no settings file says anything. */
export const noSettings: OwnSettings = { profiles: [], typedConfirmation: true };

/** `undefined` when the text is not JSON with comments: what it forbids is then not known. Never throws. */
export function readOwnSettings(text: string, resolveFile: ConnectionOrigin['resolveFile']): OwnSettings | undefined {
  const errors: ParseError[] = [];
  const tree = parseTree(text.replace(/^\uFEFF/u, ''), errors, { allowTrailingComma: true, allowEmptyContent: true });
  const settings: unknown = tree ? getNodeValue(tree) : {};
  if (errors.length > 0 || !isObject(settings)) return undefined;
  const { profiles } = parsePersonalConnections(settings['countersign.connections'], resolveFile);
  const access = accessLevels.find((level) => level === settings['countersign.production.access']);
  const wish = settings['countersign.production.confirmation'];
  const confirmation = wish === undefined ? undefined : (confirmationWishes.find((known) => known === wish) ?? 'allWrites');
  const records: OwnRecords = { endpoints: settings['countersign.audit.endpoints'], required: settings['countersign.audit.required'] === true, sql: settings['countersign.audit.includeSql'] === 'hash' ? 'hash' : 'full' };
  return { profiles, records, ...(access === undefined ? {} : { access }), ...(confirmation === undefined ? {} : { confirmation }), typedConfirmation: settings['countersign.production.typedConfirmation'] !== false };
}
