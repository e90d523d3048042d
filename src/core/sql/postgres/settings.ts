/** What changing a setting means. */
import type { StatementClass, StatementTag } from '../verdict.ts';
import { settingRules, type SettingRule } from './settings.data.ts';

export type SettingEffect = { readonly class: StatementClass; readonly tags: readonly StatementTag[]; readonly message: string };

/** What changing the setting does in a session. Names are compared without regard to case, as the server does. */
export function effectOfSetting(name: string): SettingEffect {
  const lower = name.toLowerCase();
  const rule = settingRules.find(({ names }) => names.split(/\s+/u).some((pattern) => fits(lower, pattern)));
  return rule ? describe(name, rule) : { class: 'session', tags: [], message: `Changes ${name} for this session` };
}

function describe(name: string, rule: SettingRule): SettingEffect {
  return { class: rule.class, tags: rule.tags ?? [], message: `Changes ${name}, which ${rule.effect}` };
}

function fits(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
