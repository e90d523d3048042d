/** What the page says when there is nothing to decide: what happened, what it means, what to do. */

export type Message = { readonly tone: 'failed' | 'in-doubt' | 'committed' | 'calm'; readonly title: string; readonly text: string };

const askAgain = 'Ask whoever sent it for a new link.';

const messages: Readonly<Record<string, Message>> = {
  'opening': { tone: 'calm', title: 'Opening the request', text: 'It is decrypted in this browser. Nothing is decided by looking at it.' },
  'no-key': { tone: 'failed', title: 'The link is not complete', text: `The part after # is missing, and only that opens the request. Copy the whole link. ${askAgain}` },
  'not-secure': { tone: 'in-doubt', title: 'Open this in VS Code', text: 'This address is neither https nor localhost, so the browser offers no cryptography here. In VS Code run “Countersign: Review a Request” and paste this link:' },
  'sealed': { tone: 'failed', title: 'This request cannot be opened', text: `What the server sent does not fit the link: it was changed on the way, or belongs to another request. Do not approve it elsewhere either. ${askAgain}` },
  'not-found': { tone: 'failed', title: 'There is no such request here', text: `It ended and was removed, or the link is not complete. ${askAgain}` },
  'offline': { tone: 'in-doubt', title: 'The server does not answer', text: 'Nothing was decided. Reload the page in a moment.' },
  'expired': { tone: 'calm', title: 'The request has expired', text: `Nothing was committed because of it. ${askAgain}` },
  'claimed': { tone: 'calm', title: 'Already decided', text: 'Enough others approved, and the request is being run. There is nothing left to do.' },
  'closed': { tone: 'calm', title: 'The request was closed', text: 'It was withdrawn or rejected. Nothing is committed because of it.' },
  'sent-approve': { tone: 'committed', title: 'You approved', text: 'Your signature was sent. {name}’s editor checks it, runs exactly this again, and commits only if the effect is the same.' },
  'sent-reject': { tone: 'failed', title: 'You rejected', text: 'Your signature was sent. Nothing is committed; {name} sees your comment.' },
  'text-approve': { tone: 'committed', title: 'You approved; now send this text', text: 'Give it to {name} by any chat. It is signed: nobody can change it, and it fits no other request.' },
  'text-reject': { tone: 'failed', title: 'You rejected; now send this text', text: 'Give it to {name} by any chat. Nothing is committed.' },
  'sent-approve-emergency': { tone: 'committed', title: 'You signed', text: 'Your signature was sent. Your editor checks it, alerts everybody, runs exactly this again, and commits only if the effect is the same.' },
  'text-approve-emergency': { tone: 'committed', title: 'You signed; now carry this text to your editor', text: 'Use “Enter an Answer” there. It is signed: nobody can change it, and it fits no other request.' },
  'claimed-emergency': { tone: 'calm', title: 'Already signed', text: 'It is being run without confirmation. There is nothing left to do here.' },
  'closed-emergency': { tone: 'calm', title: 'It was withdrawn', text: 'Nothing is committed because of it.' },
  'expired-emergency': { tone: 'calm', title: 'Its time is over', text: 'Nothing was committed because of it.' },
  'claimed-after-emergency': { tone: 'committed', title: 'Signed, and being run', text: 'Your editor took it. It commits only if the effect is the same as shown here.' },
  'closed-after-emergency': { tone: 'calm', title: 'It is closed', text: 'Nothing more happens with it.' },
  'expired-after-emergency': { tone: 'calm', title: 'Its time is over', text: 'Your signature came, but it was not used in time. Nothing was committed because of it.' },
  'sent-approve-afterwards': { tone: 'committed', title: 'You signed it off', text: 'Your signature was sent. {name}’s editor records that you found it right.' },
  'sent-reject-afterwards': { tone: 'failed', title: 'You rejected what was committed', text: 'Your signature was sent, and is recorded. The change stays as it is until somebody undoes it: talk to {name}.' },
  'text-approve-afterwards': { tone: 'committed', title: 'You signed it off; now send this text', text: 'Give it to {name} by any chat. It is signed: nobody can change it, and it fits nothing else.' },
  'text-reject-afterwards': { tone: 'failed', title: 'You rejected it; now send this text', text: 'Give it to {name} by any chat. The change stays as it is until somebody undoes it.' },
  'closed-afterwards': { tone: 'calm', title: 'Already reviewed', text: 'Somebody has answered. There is nothing left to do.' },
  'claimed-afterwards': { tone: 'calm', title: 'Already reviewed', text: 'Somebody has answered. There is nothing left to do.' },
  'expired-afterwards': { tone: 'calm', title: 'The request has expired', text: 'It is asked again: wait for a new link.' },
  'closed-after-afterwards': { tone: 'committed', title: 'Recorded', text: '{name}’s editor has your answer.' },
  'claimed-after-afterwards': { tone: 'committed', title: 'Recorded', text: '{name}’s editor has your answer.' },
  'expired-after-afterwards': { tone: 'calm', title: 'The request has expired', text: 'Your answer came, but was not recorded in time. It is asked again.' },
  'no-blob': { tone: 'failed', title: 'There is no request in this text', text: 'It begins with cfm1. and has to be whole. Copy all of it and try again.' },
  'no-team': { tone: 'failed', title: 'The text lacks the team file', text: 'Without it nobody can say who signed. Open the text in VS Code, or ask for one made for the browser.' },
  'claimed-after': { tone: 'committed', title: 'Approved, and being run', text: '{name}’s editor took the approval. It commits only if the effect is the same as shown here.' },
  'closed-after': { tone: 'calm', title: 'The request is closed', text: 'Nothing more happens with it.' },
  'expired-after': { tone: 'calm', title: 'The request has expired', text: 'Your answer came, but it was not used in time. Nothing was committed because of it.' },
  'request-malformed': { tone: 'failed', title: 'This is not a request this page understands', text: `It was made by another version, or changed. Nothing can be approved. ${askAgain}` },
  'request-unsigned': { tone: 'failed', title: 'Nobody in the team signed this', text: 'The request says who asks, but the signature is not that person’s. Tell them; approve nothing.' },
  'request-expired': { tone: 'calm', title: 'The request has expired', text: `Nothing was committed because of it. ${askAgain}` },
  'request-ahead': { tone: 'failed', title: 'The clocks of two machines differ', text: 'The clock of whoever asks is more than five minutes ahead of this one, or this one is behind. Nothing can be approved until the wrong one is set; then ask for a new request.' },
  'place-understated': { tone: 'failed', title: 'The place is not what the request calls it', text: 'The signed team file says that this database needs more care. Approve nothing; tell whoever asks, and an administrator.' },
  'requester-unknown': { tone: 'failed', title: 'Whoever asks is not in the team', text: 'Approve nothing. Tell an administrator.' },
  'no-break-glass': { tone: 'failed', title: 'The rules do not allow this', text: 'The signed rules of the team do not allow to commit this without others.' },
  'team-changed': { tone: 'in-doubt', title: 'The team has changed meanwhile', text: `Approvals are bound to the team as it was when they were asked for. ${askAgain}` },
  'team-unsigned': { tone: 'failed', title: 'The team file is not signed by its administrators', text: 'Nothing can be approved until it is. Tell an administrator.' },
  'team-expired': { tone: 'failed', title: 'The team file has expired', text: 'Nothing can be approved until an administrator signs a new version.' },
};

/** @param detail - the person’s name, or what the server said */
export function messageFor(code: string, detail = ''): Message {
  // A code can be anything a server says.
  const known = Object.hasOwn(messages, code) ? messages[code] : undefined;
  if (known !== undefined) return { ...known, text: known.text.replaceAll('{name}', detail) };
  return { tone: 'failed', title: 'This did not work', text: `${detail === '' ? `The reason is “${code}”.` : detail} Nothing was decided.` };
}
