/** The line under the results: what came, how long it took, where from, and the way to stop it. */
import type { Environment } from '../../src/core/profile/connection.ts';
import type { ResultModel, ResultsModel } from '../../src/protocol/results.ts';
import { createButton } from '../lib/controls.ts';
import { el, setText } from '../lib/dom.ts';
import { countOf, formatCount, formatDuration } from '../lib/format.ts';
import type { CellRange } from '../lib/grid/selection.ts';
import { textNodes } from '../lib/textView.ts';
import { statusParts } from './content.ts';

export const environmentWords: Readonly<Record<Environment, string>> = { production: 'PROD', staging: 'STAGING', development: 'DEV' };

export type StatusLine = {
  readonly element: HTMLElement;
  show(model: ResultsModel | undefined, result: ResultModel | undefined): void;
  showSelection(range: CellRange | undefined): void;
};

export function createStatusLine(options: { onCancel(): void; onCopy(x: number, y: number): void; onSave(): void }): StatusLine {
  const spinner = el('span', { class: 'spinner', 'aria-hidden': true, hidden: true });
  const text = el('span', { class: 'status-text' });
  const truncated = el('span', { class: 'truncated' });
  const chosen = el('span', { class: 'chosen sub' });
  const cancel = createButton({ label: 'Cancel', kind: 'secondary', onPress: () => requestCancel() });
  const copy = createButton({
    label: 'Copy As\u2026',
    kind: 'quiet',
    onPress: () => {
      const box = copy.element.getBoundingClientRect();
      options.onCopy(box.left, box.top);
    },
  });
  const save = createButton({ label: 'Save As\u2026', kind: 'quiet', onPress: () => options.onSave() });
  const element = el('footer', { class: 'status' }, spinner, text, truncated, el('span', { class: 'space' }), chosen, cancel.element, copy.element, save.element);

  let run = -1;
  let isCancelling = false;
  let startedAt = 0;
  let ticker: number | undefined;

  const requestCancel = () => {
    isCancelling = true;
    cancel.setEnabled(false);
    cancel.setLabel('Cancelling\u2026');
    options.onCancel();
  };
  const tick = () => setText(text, `${isCancelling ? 'Cancelling' : 'Running'} \u00b7 ${formatElapsed(performance.now() - startedAt)}`);
  const stop = () => {
    window.clearInterval(ticker);
    ticker = undefined;
  };

  return {
    element,
    show: (model, result) => {
      if (model !== undefined && model.run !== run) {
        run = model.run;
        isCancelling = false;
        cancel.setLabel('Cancel');
        cancel.setEnabled(true);
        startedAt = performance.now() - (model.elapsedMs ?? 0);
      }
      const isRunning = model?.running === true;
      spinner.hidden = !isRunning;
      cancel.element.hidden = !isRunning;
      copy.element.hidden = result === undefined || result.columns.length === 0 || result.rowCount === 0;
      // An empty result is a result, too: its column names can be saved.
      save.element.hidden = isRunning || result === undefined || result.columns.length === 0;
      truncated.title = result?.truncated ?? '';
      truncated.replaceChildren(...(result?.truncated === undefined || isRunning ? [] : textNodes(result.truncated)));
      if (isRunning) {
        tick();
        ticker ??= window.setInterval(tick, 100);
        return;
      }
      stop();
      setText(text, result === undefined ? '' : statusParts(result).join(' \u00b7 '));
    },
    showSelection: (range) => {
      const rows = range === undefined ? 0 : range.rows[1] - range.rows[0];
      const columns = range === undefined ? 0 : range.columns[1] - range.columns[0];
      setText(chosen, rows * columns > 1 ? `${countOf(rows, 'row')} \u00d7 ${formatCount(columns)} chosen` : '');
    },
  };
}

/** Tenths of a second while that says something, so that the figure does not flicker between units. */
function formatElapsed(ms: number): string {
  return ms < 60_000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : formatDuration(ms);
}
