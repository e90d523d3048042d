/** What is behind the Confirmations view, put together when something waits or somebody looks. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Disposable, env, RelativePattern, Uri, window, workspace } from 'vscode';
import type { ExtensionContext, TreeItem, TreeView } from 'vscode';
import { readRunFates } from '../../../adapters/audit/runFates.ts';
import { lacksReview } from '../../../app/askAfterwards.ts';
import { settleTaken } from '../../../app/settleTaken.ts';
import type { RequestAction } from '../../../protocol/peerReview.ts';
import type { ConfirmationsPorts, RequestActions } from './confirmations.ts';
import { createInbox } from './inbox.ts';
import { askedItem, groupItem, ownItem, type ConfirmationNode, type Group } from './items.ts';
import { createNotices } from './notices.ts';
import { createOwnRequests, isOver } from './ownRequests.ts';
import { actOnRequest, copyLink, enterAnswer, type ActionPorts } from './requestActions.ts';
import { createRequestPanels } from './requestPanels.ts';
import { onPageMessage, openingOf, reviewRequest, showAsked, type ReviewingPorts } from './reviewing.ts';
import { textOfUri } from './uriText.ts';
import { createWaitingStatus } from './waitingStatus.ts';
import { plainText } from '../../plainText.ts';

export interface ConfirmationsFeature extends RequestActions, Disposable {
  children(node: ConfirmationNode | undefined): ConfirmationNode[];
  item(node: ConfirmationNode): TreeItem;
  /** Opens a link or a text, which is asked for when absent. */
  review(text: string | undefined): Promise<void>;
  enterAnswer(node: ConfirmationNode | undefined): Promise<void>;
  open(node: ConfirmationNode): Promise<void>;
  actOn(node: ConfirmationNode, action: RequestAction): Promise<void>;
  openUri(uri: Uri): Promise<void>;
}

export type ViewPorts = { readonly view: TreeView<ConfirmationNode>; readonly changed: () => void };

export async function startConfirmations(context: Pick<ExtensionContext, 'extensionUri' | 'globalState' | 'globalStorageUri'>, { teams, catalogue, clock, records, runs, panels: reviews }: ConfirmationsPorts, { view, changed }: ViewPorts): Promise<ConfirmationsFeature> {
  const confirmation = await teams.confirmation();
  const status = createWaitingStatus();
  const refreshView = (): void => {
    const forMe = inbox.all().filter(({ answer }) => answer === undefined).length;
    view.badge = forMe === 0 ? undefined : { value: forMe, tooltip: forMe === 1 ? 'One request waits for you' : `${String(forMe)} requests wait for you` };
    const all = own.all();
    status.show(forMe, all.filter((each) => !isOver(each) && each.body.afterwards === undefined).map(({ body }) => body.target.profile), unreviewedOf(all).length);
    changed();
  };
  const notices = createNotices({
    memory: context.globalState,
    isShown: (id) => window.state.focused && (panels.isShown(id) || reviews()?.isShown(id) === true),
    open: (id) => void openById(id),
    runNow: (id) => void own.consider(id, false),
  });
  const inbox = createInbox({ confirmation, clock, changed: refreshView, arrived: (asked) => void notices.arrived(asked) });
  const own = createOwnRequests({
    confirmation,
    clock,
    catalogue,
    runs,
    panels: reviews,
    isHere: (document) => workspace.textDocuments.some(({ uri }) => uri.toString() === document),
    isRemote: env.remoteName !== undefined,
    changed: refreshView,
    filed: (id) => void shareReview(id),
    tell: (news) => void notices.own(news),
  });
  const shareReview = async (id: string): Promise<void> => {
    const entry = await confirmation.pending.get(id).catch(() => undefined);
    if (entry && (await copyLink({ confirmation }, entry).catch(() => false))) await own.asked(id, 'link');
  };
  const reviewing: ReviewingPorts = { confirmation, clock, inbox, panels: () => panels, record: async (answer) => await (await runs()).recordAnswer(answer) };
  const panels = createRequestPanels({ extensionUri: context.extensionUri, opening: async (id) => await openingOf(reviewing, id), onMessage: async (id, message) => await onPageMessage(reviewing, id, message) });
  const actions: ActionPorts = { confirmation, clock, own, catalogue, runs };
  const openById = async (id: string): Promise<void> => {
    if (inbox.of(id)) showAsked(reviewing, id);
    else await own.show(id);
  };
  const followFocus = (): void => void inbox.follow(window.state.focused);
  const watched = await watchRequests(context, (id) => void own.notice(id));
  const parts = Disposable.from(
    status,
    panels,
    own,
    inbox,
    window.onDidChangeWindowState(({ focused }) => {
      followFocus();
      // Another window may have asked, or decided.
      if (focused) void own.refresh();
    }),
    view.onDidChangeVisibility(({ visible }) => visible && void own.refresh()),
    teams.onDidChange(() => void own.refresh().then(followFocus)),
    watched,
    // Connections of team files come a moment after the window.
    catalogue.onDidChange(() => void own.refresh()),
  );
  // What an earlier window took and did not bring to its end.
  await settleTaken(confirmation.pending, async (known) => await readRunFates(records, known));
  await own.refresh();
  followFocus();

  return {
    async asked(outcome) {
      if (outcome.emergency) {
        await own.asked(outcome.request, undefined);
        // A key in software signs here and now; a page with a passkey is opened by the person.
        if (outcome.link === undefined) await actOnRequest(actions, outcome.request, 'sign-emergency');
        return;
      }
      const entry = await confirmation.pending.get(outcome.request).catch(() => undefined);
      const isCopied = entry !== undefined && (await copyLink({ confirmation }, entry).catch(() => false));
      await own.asked(outcome.request, isCopied ? 'link' : undefined);
      if (outcome.problem !== undefined && outcome.link === undefined) void window.showWarningMessage(plainText(`No server has the request, so it goes as text: ${outcome.problem}`));
    },
    act: async (request, action) => await actOnRequest(actions, request, action),
    children: (node) => childrenOf(node, { forMe: inbox.all(), mine: own.all() }),
    item(node) {
      if (node.kind === 'own') return ownItem(node.own, clock.now());
      if (node.kind === 'asked') return askedItem(node.asked, clock.now());
      return groupItem(node.group, childrenOf(node, { forMe: inbox.all(), mine: own.all() }).length);
    },
    review: async (text) => await reviewRequest(reviewing, text),
    enterAnswer: async () => await enterAnswer(actions),
    open: async (node) => {
      if (node.kind === 'own') await own.show(node.own.entry.id);
      else if (node.kind === 'asked') showAsked(reviewing, node.asked.checked.request.id);
    },
    actOn: async (node, action) => {
      if (node.kind === 'own') await actOnRequest(actions, node.own.entry.id, action);
    },
    async openUri(uri) {
      const text = textOfUri(uri);
      if (text !== undefined) await reviewRequest(reviewing, text);
    },
    dispose: () => void parts.dispose(),
  };
}

/** All windows keep their requests in one folder: each of them shows, follows and could run what another one asked. */
async function watchRequests({ globalStorageUri }: Pick<ExtensionContext, 'globalStorageUri'>, changed: (id: string) => void): Promise<Disposable> {
  const folder = Uri.joinPath(globalStorageUri, 'confirmation', 'requests');
  // What is not there is not watched reliably. Where it cannot be made, nothing can be asked.
  await mkdir(folder.fsPath, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, '*.request'), false, true, true);
  return Disposable.from(watcher, watcher.onDidCreate(({ path: file }) => changed(path.posix.basename(file).split('.', 1).join(''))));
}

type All = { readonly forMe: ReturnType<ReturnType<typeof createInbox>['all']>; readonly mine: ReturnType<ReturnType<typeof createOwnRequests>['all']> };

/** Of a change whose review waits, the review; else the change itself. */
function unreviewedOf(mine: All['mine']): All['mine'] {
  const entries = mine.map(({ entry }) => entry);
  return mine.filter((each) => (each.body.afterwards !== undefined && !isOver(each)) || lacksReview(each.entry, entries));
}

function childrenOf(node: ConfirmationNode | undefined, { forMe, mine }: All): ConfirmationNode[] {
  const unreviewed = unreviewedOf(mine);
  const groups: Readonly<Record<Group, ConfirmationNode[]>> = {
    'for-me': forMe.filter(({ answer }) => answer === undefined).map((asked) => ({ kind: 'asked', asked })),
    'unreviewed': unreviewed.map((own) => ({ kind: 'own', own })),
    'mine': mine.filter((each) => !isOver(each) && !unreviewed.includes(each)).map((own) => ({ kind: 'own', own })),
    'decided': [...mine.filter((each) => isOver(each) && !unreviewed.includes(each)).map((own): ConfirmationNode => ({ kind: 'own', own })), ...forMe.filter(({ answer }) => answer !== undefined).map((asked): ConfirmationNode => ({ kind: 'asked', asked }))],
  };
  if (node) return node.kind === 'group' ? groups[node.group] : [];
  // An empty view shows its welcome.
  return (['for-me', 'unreviewed', 'mine', 'decided'] as const).filter((group) => groups[group].length > 0).map((group) => ({ kind: 'group', group }));
}
