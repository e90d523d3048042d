/** Says once what happened while one looked elsewhere; never twice, and never what is in front already. */
import { window } from 'vscode';
import type { Memento } from 'vscode';
import { describeRequest } from '../../../core/approval/requestText.ts';
import { plainText } from '../../plainText.ts';
import type { AskedOfMe } from './inbox.ts';
import type { OwnNews } from './ownRequests.ts';

export type NoticePorts = {
  /** Shared by all windows. */
  readonly memory: Memento;
  /** In front of the person right now. */
  readonly isShown: (id: string) => boolean;
  readonly open: (id: string) => void;
  readonly runNow: (id: string) => void;
};

export interface Notices {
  arrived(asked: AskedOfMe): Promise<void>;
  own(news: OwnNews): Promise<void>;
}

const toldKey = 'countersign.confirmations.told';
const mostTold = 200;

export function createNotices({ memory, isShown, open, runNow }: NoticePorts): Notices {
  /** True the first time only, in whichever window. */
  const isNew = async (what: string): Promise<boolean> => {
    const told = memory.get<readonly string[]>(toldKey) ?? [];
    if (told.includes(what)) return false;
    await memory.update(toldKey, [...told, what].slice(-mostTold));
    return true;
  };
  return {
    async arrived({ checked: { request, requester } }) {
      if (!(await isNew(`asked ${request.id}`)) || isShown(request.id)) return;
      const choice = await window.showInformationMessage(plainText(`${requester.name} asks you to confirm: ${describeRequest(request)} on ${request.target.profile}.`), 'Open');
      if (choice !== undefined) open(request.id);
    },
    async own(news) {
      const { id } = news.own.entry;
      if (!(await isNew(`${news.kind} ${id}`)) || (news.kind === 'ended' && isShown(id))) return;
      const what = `${describeRequest(news.own.body)} on ${news.own.body.target.profile}`;
      if (news.kind === 'ready') {
        const choice = await window.showWarningMessage(plainText(`Approved, and not run yet: ${what}. ${news.why}`), 'Run Now');
        if (choice !== undefined) runNow(id);
        return;
      }
      const { title, kind } = news.end;
      const say = kind === 'committed' ? window.showInformationMessage : window.showWarningMessage;
      const choice = await say(plainText(`${title}: ${what}.`), 'Show');
      if (choice !== undefined) open(id);
    },
  };
}
