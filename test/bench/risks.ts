/** What a pause in typing costs the editor's thread in the longest document that is looked at, when one statement changed. */
import { createAnalyser } from '../../src/adapters/sql/analyser.ts';
import { splitPostgres } from '../../src/core/sql/postgres/split.ts';
import { riskRulesFor } from '../../src/core/sql/riskRules.ts';
import { createStatementReader } from '../../src/editor/features/risks/statements.ts';

type Bench = {
  readonly add: (what: string, ours: number, baseline: number, unit: string) => void;
  /** The least of several runs. */
  readonly best: (measure: () => Promise<number>) => Promise<number>;
  /** Processor time. */
  readonly cpu: (work: () => Promise<unknown>) => Promise<number>;
};

export async function risksWhileTyping({ add, best, cpu }: Bench): Promise<void> {
  const one = (index: number): string => `UPDATE orders SET note = 'a longer text with — dashes, ${'x'.repeat(200)}' WHERE id = ${String(index)};\n`;
  const text = (changed: number): string => Array.from({ length: 300 }, (_each, index) => one(index === 150 ? changed : index)).join('');
  const analyser = createAnalyser();
  const rules = riskRulesFor('postgresql');
  const reader = createStatementReader(analyser);
  await reader.read(text(0), 'postgresql', rules);
  let version = 1000;
  const ours = await best(async () => await cpu(async () => await reader.read(text((version += 1)), 'postgresql', rules)));
  add(`risks of ${String(Math.round(text(0).length / 1000))} KB, one statement changed, against splitting`, ours, await best(async () => await cpu(() => Promise.resolve(splitPostgres(text(0))))), 'ms');
  await analyser.dispose();
}
