/** What became of checking one signature, and how sure it makes us that a person meant it. */
import type { DecisionRefusal } from './refusal.ts';

/**
 * From weak to strong. `software`: a key that programs of its owner can use unseen. `touch`: a device was touched. `uv`: the device also
 * knew who touched it (PIN, finger, face). `uv-local`: and what was shown was drawn by the reviewer's own editor.
 */
export const assurances = ['software', 'touch', 'uv', 'uv-local'] as const;
export type Assurance = (typeof assurances)[number];

export function isAtLeast(actual: Assurance, demanded: Assurance): boolean {
  return assurances.indexOf(actual) >= assurances.indexOf(demanded);
}

export type SignatureCheck = { readonly kind: 'valid'; readonly assurance: Assurance } | { readonly kind: 'invalid'; readonly code: DecisionRefusal };

export function valid(assurance: Assurance): SignatureCheck {
  return { kind: 'valid', assurance };
}

export function invalid(code: DecisionRefusal): SignatureCheck {
  return { kind: 'invalid', code };
}
