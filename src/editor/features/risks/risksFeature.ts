/** Everything that tells risks while a person types. Loaded when the first connected document can be seen. */
import { Disposable, window, workspace } from 'vscode';
import { createAnalyser } from '../../../adapters/sql/analyser.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import type { Bindings } from '../binding/bindings.ts';
import type { LensSlot } from '../colours/lensSlot.ts';
import { createRisksOfDocuments } from './documentRisks.ts';
import { explainAt } from './explainAt.ts';
import { createRiskDiagnostics } from './riskDiagnostics.ts';
import { createRiskFixes } from './riskFixes.ts';
import { createRiskHover } from './riskHover.ts';
import { createRiskLenses } from './riskLenses.ts';
import { createRiskRules } from './riskRules.ts';
import { createStatementReader } from './statements.ts';
import { createWhereMark } from './whereMark.ts';
import { plainText } from '../../plainText.ts';

export type RisksFeatureOptions = { readonly bindings: Bindings; readonly catalogue: ConnectionCatalogue; readonly lenses: LensSlot };

export interface RisksFeature extends Disposable {
  /** Puts the caret at the statement of a lens and shows what is known of it. */
  explainAt(argument: unknown): Promise<void>;
}

export function startRisksFeature({ bindings, catalogue, lenses }: RisksFeatureOptions): RisksFeature {
  // Apart from the one that runs use: a text that keeps this one busy must not keep a run waiting.
  const analyser = createAnalyser();
  const rules = createRiskRules(catalogue, (message) => void window.showWarningMessage(plainText(message)));
  const isOn = (): boolean => workspace.getConfiguration('countersign.editor').get('risks', true);
  const risks = createRisksOfDocuments(bindings, rules, createStatementReader(analyser), isOn);
  const parts = Disposable.from(
    rules,
    risks,
    createRiskDiagnostics(risks),
    lenses.fill(createRiskLenses(risks)),
    createRiskHover(risks),
    createRiskFixes(risks, analyser, () => new Date()),
    createWhereMark(risks, analyser),
    { dispose: () => void analyser.dispose() },
  );
  return {
    explainAt: async (argument) => await explainAt(risks, argument),
    dispose: () => void parts.dispose(),
  };
}
