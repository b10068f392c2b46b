import type { Mischief } from '../ports.ts';
import type { Session } from '../session/model.ts';
import type { Action } from './binding.ts';
import type { Can } from './can.ts';
import type { decisions } from './decisions.ts';
import type { Drawing } from './drawing.ts';
import { choices, otherAddress } from './menus.ts';
import type { UiEvent, UiState } from './screens.ts';

/** What acting needs of the App. */
export type Around = {
  readonly session: Session;
  readonly mischief: Mischief | null;
  readonly current: () => UiState;
  readonly send: (event: UiEvent) => void;
  readonly can: () => Can;
  /** What is drawn now, with what `c` would copy of it. */
  readonly drawing: () => Drawing;
  readonly copy: (text: string) => string;
  readonly lookAtLock: () => void;
  readonly suspend: () => void;
  readonly deciding: ReturnType<typeof decisions>;
};

/** What keys and chosen items do: each changes the screens, or has somebody outside them do something. */
export function acting({
  session,
  mischief,
  current,
  send,
  can,
  drawing,
  copy,
  lookAtLock,
  suspend,
  deciding: { ask, answered, decide, quit, toPrime },
}: Around) {
  const say = (text: string) => send({ kind: 'notice', text });
  const look = () => {
    const { at } = current();
    if (at.screen === 'peer') session.lookNow([at.id]);
    else session.lookNow();
    say(at.screen === 'peer' ? `looking at ${at.id} now` : 'looking at every peer now');
  };
  const readLog = () => {
    const { at } = current();
    if (at.screen !== 'peer') return;
    session.readLog(at.id);
    send({ kind: 'edge', to: 'last' });
    say('reading the last log lines of the unit');
  };
  const copySubject = () => {
    const { subject } = drawing();
    say(subject === null ? 'nothing to copy here' : `${subject.name}: ${copy(subject.text)}`);
  };
  const runMischief = (id: string) => {
    send({ kind: 'back' });
    say('working');
    mischief
      ?.run(id)
      .then(say, (error: unknown) =>
        say(`that failed: ${error instanceof Error ? error.message : String(error)}`),
      );
  };
  const act = (action: Action) => {
    switch (action.kind) {
      case 'look':
        return look();
      case 'log':
        return readLog();
      case 'copy':
        return copySubject();
      case 'quit':
        return quit();
      case 'suspend':
        return suspend();
      case 'deed':
        return decide(action.deed);
      case 'accept': {
        const { at } = current();
        return at.screen === 'prompt' ? answered(at.text) : send(action);
      }
      case 'go':
        if (action.to === 'lock') lookAtLock();
        return send(action.to === 'prime' ? { ...action, id: toPrime() } : action);
      default:
        return send(action);
    }
  };
  /** Takes an item of the menu that is open. */
  const choose = (value: string) => {
    const { screen } = current().at;
    if (screen === 'mischief') return runMischief(value);
    if (screen === 'add')
      return ask(
        value === otherAddress ? { kind: 'address' } : { kind: 'reason', change: 'add-peer', target: value },
      );
    const chosen = choices(can()).find(({ shown }) => shown === value);
    send({ kind: 'back' });
    if (chosen !== undefined) act(chosen.action);
  };
  /** What a person decides by a key, they decide by that key alone. */
  const decides = (action: Action): boolean =>
    action.kind === 'deed' || (action.kind === 'accept' && current().at.screen === 'prompt');
  return { act, choose, decides };
}
