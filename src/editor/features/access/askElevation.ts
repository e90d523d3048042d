/** Asks why and for how long writes should be allowed. */
import { minutesProblem, reasonProblem } from '../../../core/policy/accessLease.ts';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import { environmentLabel } from '../connections/appearance.ts';
import { askChoice, askText } from '../connections/ask.ts';
import type { Answer, Choice } from '../connections/ask.ts';

export type ElevationWish = { readonly reason: string; readonly minutes: number };

/** `undefined` when the person did not go through with it. */
export async function askElevation(profile: ConnectionProfile, maxMinutes: number): Promise<ElevationWish | undefined> {
  const title = `Allow Writes on ${profile.name} (${environmentLabel[profile.environment]})`;
  let reason = '';
  for (;;) {
    const first = await askReason(title, reason);
    if (first.kind !== 'value') return undefined;
    reason = first.value;
    const second = await askMinutes(title, maxMinutes);
    if (second.kind === 'value') return { reason, minutes: second.value };
    if (second.kind === 'cancelled') return undefined;
  }
}

async function askReason(title: string, value: string): Promise<Answer<string>> {
  return await askText({
    title,
    prompt: 'Why? The reason is recorded. Every change is still shown before it is final.',
    placeholder: 'For example: correct the address of order 4711, ticket SHOP-12',
    value,
    problem: reasonProblem,
    place: { step: 1, total: 2, canGoBack: false },
  });
}

const usualMinutes = [5, 10, 15, 30, 60];
const place = { step: 2, total: 2, canGoBack: true };

async function askMinutes(title: string, maxMinutes: number): Promise<Answer<number>> {
  const offered = [...new Set([...usualMinutes.filter((minutes) => minutes < maxMinutes), maxMinutes])].toSorted((a, b) => a - b);
  const items: readonly Choice<number | 'other'>[] = [
    ...offered.map((minutes) => ({ label: minutes === 1 ? '1 minute' : `${String(minutes)} minutes`, value: minutes })),
    { label: '$(edit) Other…', value: 'other' },
  ];
  const answer = await askChoice<number | 'other'>({ title, placeholder: 'For how long? It ends by itself, and can be ended earlier.', items, place });
  if (answer.kind !== 'value') return answer;
  return answer.value === 'other' ? await typeMinutes(title, maxMinutes) : { kind: 'value', value: answer.value };
}

async function typeMinutes(title: string, maxMinutes: number): Promise<Answer<number>> {
  const answer = await askText({
    title,
    prompt: `Minutes, from 1 to ${String(maxMinutes)}.`,
    problem: (text) => minutesProblem(/^\s*\d+\s*$/u.test(text) ? Number(text) : Number.NaN, maxMinutes),
    place,
  });
  return answer.kind === 'value' ? { kind: 'value', value: Number(answer.value) } : answer;
}
