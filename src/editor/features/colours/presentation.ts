/** How a document's connection is shown, the same in every channel. The words say everything; colours repeat it. Pure. */
import type { EffectivePolicy } from '../../../core/policy/policy.ts';
import { describeTarget, type Environment } from '../../../core/profile/connection.ts';
import type { Dialect } from '../../../core/sql/verdict.ts';
import type { Binding } from '../binding/boundDocument.ts';

export type Presentation = {
  /** Absent while it is not known, or when nothing may run. */
  readonly environment?: Environment;
  /** `PROD`, `STAGING`, `DEV` */
  readonly word: string;
  readonly name: string;
  /** `app_rw@db-1:5432/shop`, or what is wrong. */
  readonly where: string;
  /** `read-only`, `every write is previewed` … */
  readonly access: string;
  /** Absent while it is not known. */
  readonly dialect?: Dialect;
  /** Set when nothing can run until the person acts. */
  readonly problem?: string;
};

const words: Readonly<Record<Environment, string>> = { development: 'DEV', staging: 'STAGING', production: 'PROD' };
const badges: Readonly<Record<Environment, string>> = { development: 'D', staging: 'S', production: 'P' };

export function badgeOf(environment: Environment): string {
  return badges[environment];
}

/** @param policy - of the connection, when there is one */
export function presentBinding(binding: Binding, policy: EffectivePolicy | undefined): Presentation {
  switch (binding.kind) {
    case 'bound': {
      const { profile } = binding;
      return { environment: profile.environment, word: words[profile.environment], name: profile.name, where: describeTarget(profile), access: accessText(profile.protected, policy), dialect: profile.dialect };
    }
    case 'changed': {
      const { profile, changes } = binding;
      const problem = `The team file changed where ${profile.name} leads (${changes.join(', ')}). Connect again only if you trust that change.`;
      return { environment: profile.environment, word: words[profile.environment], name: profile.name, where: 'changed, connect again', access: 'nothing runs', problem };
    }
    case 'missing':
      return { word: 'GONE', name: binding.name, where: 'connection is gone', access: 'nothing runs', problem: `The connection ${binding.name} is gone from the settings and the team file. Connect this document again.` };
    case 'loading':
      return { word: '…', name: binding.name, where: 'looking it up', access: 'nothing runs yet' };
  }
}

function accessText(isProtected: boolean, policy: EffectivePolicy | undefined): string {
  if (!isProtected || !policy) return 'not protected';
  if (policy.access === 'blocked') return 'blocked';
  if (policy.access === 'preview') return 'writes with preview';
  return policy.elevated ? 'writes allowed for a while' : 'read-only';
}
