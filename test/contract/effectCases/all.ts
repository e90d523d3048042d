/** Every case of the contract of effects. */
import type { EffectsCase } from '../effectsSubject.ts';
import { nameCases } from './names.data.ts';
import { reachCases } from './reach.data.ts';
import { shapeCases } from './shapes.data.ts';
export { refusedCases } from './names.data.ts';

export const effectCases: readonly EffectsCase[] = [...shapeCases, ...reachCases, ...nameCases];
