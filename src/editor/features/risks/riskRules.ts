/** The rules in force in this window: the product's, with those of the settings and of the team files on top. */
import { EventEmitter, workspace } from 'vscode';
import type { Disposable, Event } from 'vscode';
import { parseRiskPolicy } from '../../../core/profile/parseRiskPolicy.ts';
import { joinPolicies, riskRulesFor } from '../../../core/sql/riskRules.ts';
import type { RiskPolicy, RiskRule } from '../../../core/sql/risks.ts';
import type { Dialect } from '../../../core/sql/verdict.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import { plainText } from '../../plainText.ts';

export interface RiskRules extends Disposable {
  for(dialect: Dialect): readonly RiskRule[];
  readonly onDidChange: Event<void>;
}

/** @param complain - told what is wrong with the setting, whenever it was read */
export function createRiskRules(catalogue: Pick<ConnectionCatalogue, 'teamRisks' | 'onDidChange'>, complain: (message: string) => void = () => undefined): RiskRules {
  const changed = new EventEmitter<void>();
  let own = readSetting(complain);
  let known = new Map<Dialect, readonly RiskRule[]>();
  const refresh = (): void => {
    known = new Map();
    changed.fire();
  };
  const subscriptions = [
    changed,
    catalogue.onDidChange(refresh),
    workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('countersign.risks.rules')) return;
      own = readSetting(complain);
      refresh();
    }),
  ];
  return {
    for(dialect) {
      const rules = known.get(dialect) ?? riskRulesFor(dialect, joinPolicies([own, ...catalogue.teamRisks]));
      known.set(dialect, rules);
      return rules;
    },
    onDidChange: changed.event,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

function readSetting(complain: (message: string) => void): RiskPolicy {
  const { rules, raised, problems } = parseRiskPolicy(workspace.getConfiguration('countersign').get<unknown>('risks.rules'), []);
  const [first] = problems;
  if (first) complain(plainText(`The setting “Risks: Rules”: ${typeof first.path[0] === 'number' ? `rule ${String(first.path[0] + 1)}: ` : ''}${first.message}`));
  return { rules, raised };
}
