/** What is worth thinking about twice in a change, one line each: of its text, and of what it reached. Pure. */
import { findRisks, type RiskRule, type RiskSeverity } from '../sql/risks.ts';
import type { ClassifiedStatement } from '../sql/verdict.ts';
import { affectedShare } from './affectedShare.ts';
import { describeTotal, rows } from './describe.ts';
import type { TableEffect } from './preview.ts';
import { isOfStatement } from './why.ts';

export type RiskLine = { readonly level: 'high' | 'medium' | 'ok'; readonly text: string };

export function riskLines(statements: readonly ClassifiedStatement[], effects: readonly TableEffect[], rules: readonly RiskRule[]): readonly RiskLine[] {
  const said = statements.flatMap((statement) => [...ruledRisks(statement, rules), ...otherReasons(statement)]);
  const shares = effects.flatMap((effect) => affectedShare(effect) ?? []).map(({ severity, message }) => ({ level: levelOf(severity), text: message }));
  const beyond = beyondRisks(effects.filter((effect) => !isOfStatement(effect.why) && touched(effect) > 0));
  const risks = distinct([...said, ...shares, ...beyond]);
  if (risks.length > 0) return risks;
  return [{ level: 'ok', text: touchesNothing(effects) ? 'No row was touched.' : 'Nothing was touched beyond what the statement names.' }];
}

function ruledRisks(statement: ClassifiedStatement, rules: readonly RiskRule[]): readonly RiskLine[] {
  return findRisks(statement, rules).map(({ severity, message }) => ({ level: levelOf(severity), text: sentence(message) }));
}

function otherReasons(statement: ClassifiedStatement): readonly RiskLine[] {
  const level = isSevere(statement) ? 'high' : 'medium';
  // That an update updates is said by the title, with numbers.
  const telling = statement.reasons.filter(({ code }) => level === 'high' || code !== statement.kind);
  return telling.map(({ message }): RiskLine => ({ level, text: sentence(message) }));
}

function levelOf(severity: RiskSeverity): RiskLine['level'] {
  return severity === 'high' ? 'high' : 'medium';
}

function isSevere({ class: kind }: ClassifiedStatement): boolean {
  return kind === 'destructive' || kind === 'privilege' || kind === 'admin' || kind === 'unknown';
}

/** One line for each table, or one for each kind when there are many: the table of effects has the rest. */
function beyondRisks(effects: readonly TableEffect[]): readonly RiskLine[] {
  if (effects.length <= 2) return effects.map(beyondRisk);
  const groups = [effects.filter(({ deleted }) => deleted > 0), effects.filter(({ deleted }) => deleted === 0)];
  return groups.flatMap((group) => (group.length <= 1 ? group.map(beyondRisk) : [groupRisk(group)]));
}

function groupRisk(effects: readonly TableEffect[]): RiskLine {
  const deletes = effects.some(({ deleted }) => deleted > 0);
  const names = effects.map(({ table }) => table.table);
  const shown = names.length > 5 ? [...names.slice(0, 4), `${String(names.length - 4)} more`] : names;
  return { level: deletes ? 'high' : 'medium', text: `Reaches further than the statement says: ${deletes ? 'deletes' : 'changes'} ${describeTotal(effects)} (${shown.join(', ')}).` };
}

function beyondRisk(effect: TableEffect): RiskLine {
  const verbs = [
    [effect.deleted, 'deletes'],
    [effect.updated, 'updates'],
    [effect.inserted, 'inserts'],
  ] as const;
  const what = verbs.filter(([count]) => count > 0).map(([count, verb]) => `${verb} ${rows(count)}`);
  return { level: effect.deleted > 0 ? 'high' : 'medium', text: `Reaches further than the statement says: ${what.join(' and ')} in ${effect.table.table} (${effect.why}).` };
}

function touched({ inserted, updated, deleted }: TableEffect): number {
  return inserted + updated + deleted;
}

function touchesNothing(effects: readonly TableEffect[]): boolean {
  return effects.every((effect) => touched(effect) === 0);
}

function distinct(risks: readonly RiskLine[]): readonly RiskLine[] {
  return risks.filter((risk, index) => risks.findIndex(({ text }) => text === risk.text) === index);
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/u.test(capital) ? capital : `${capital}.`;
}
