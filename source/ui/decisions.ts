import { type ChangeKind, type Mend, verbs } from '../cluster/change-kinds.ts';
import type { PeerId } from '../cluster/inventory.ts';
import { changes } from '../maintenance/changes.ts';
import { type Ask, answer, type Intent } from './asking.ts';
import { changeOf, type Deed, isBegin } from './binding.ts';
import { type Done, deedOn, freesLock, type LockDeed, lockDeed, quitAsk, staleAnswer } from './deeds.ts';
import type { Glass } from './glass.ts';
import { cursorIndex, type UiEvent, type UiState } from './screens.ts';
import type { Desk } from './use-workshop.ts';

/** What decisions need of the App. */
export type Around = {
  readonly desk: Desk;
  readonly glass: Glass;
  readonly current: () => UiState;
  readonly send: (event: UiEvent) => void;
  readonly onQuit: () => void;
  /** Peers that the grid shows, in order. */
  readonly ids: () => readonly PeerId[];
  readonly cluster: () => string;
  /** Whom the prime screen shows. */
  readonly primed: (id: PeerId | null) => PeerId | null;
  /** The procedures that the findings name, worst first. */
  readonly mends: () => readonly Mend[];
  /** The peer whose election is on; null where none is. */
  readonly elected: () => PeerId | null;
};

/** What a person decides: each asks, says why not, or has the maintenance or the workshop do something. */
export function decisions({
  desk,
  glass,
  current,
  send,
  onQuit,
  ids,
  cluster,
  primed,
  elected,
  mends,
}: Around) {
  const say = (text: string) => send({ kind: 'notice', text });
  const ask = (question: Ask) => send({ kind: 'ask', ask: question });

  const follow = (done: Done) => {
    if (done.kind === 'ask') ask(done.ask);
    else if (done.kind === 'say') say(done.text);
    else {
      // What was said of an earlier key is over; it would hide the keys for as long as nobody leaves this screen.
      send({ kind: 'notice', text: null });
      desk.current().maintenance?.send(done.event);
    }
  };

  const perform = (intent: Intent) => {
    if (intent.kind === 'quit') return leave();
    send({ kind: 'answered' });
    if (intent.kind === 'send') {
      const model = desk.running();
      const stale = model === null ? 'There is no maintenance any more.' : staleAnswer(intent, model);
      return follow(stale === null ? { kind: 'send', event: intent.event } : { kind: 'say', text: stale });
    }
    send({ kind: 'go', to: 'lock' });
    desk.work(intent, {
      say,
      opened: () => {
        const waiting = current().at.screen === 'lock';
        send({ kind: 'opened' });
        if (!waiting) say('the checklist is open: w');
      },
    });
  };

  /** Answers the question that is asked, if it is the one that stood on the terminal when the key came. */
  const answered = (text: string) => {
    const { at } = current();
    if (!('ask' in at) || glass.shown.ask !== at.ask) return;
    const given = answer(at.ask, text);
    if (given.kind === 'ask') ask(given.ask);
    else if (given.kind === 'wrong') send(given);
    else perform(given.intent);
  };

  const onLock = (deed: LockDeed) => {
    const sight = desk.current().lock;
    if (sight.busy !== null) say(`${sight.busy}: wait for it to end`);
    else follow(lockDeed(deed, sight, cluster()));
  };

  /** Whom a change would be about: what the finding names, the peer that is shown, or the one under the cursor. */
  const targetOf = (change: ChangeKind): PeerId | undefined => {
    const { at } = current();
    if (at.screen === 'peer') return at.id;
    if (at.screen === 'prime') return primed(at.id) ?? undefined;
    if (at.screen === 'findings') return mends().find(({ kind }) => kind === change)?.target ?? undefined;
    const shown = ids();
    return shown[cursorIndex(current(), shown)];
  };

  /** Whom the prime screen is opened for: the election that is on, or else whom a prime from here would be about. */
  const toPrime = (): PeerId | null => elected() ?? targetOf('prime') ?? null;

  const begin = (change: ChangeKind) => {
    if (changes[change].of === 'cluster') return ask({ kind: 'reason', change, target: null });
    const target = targetOf(change);
    if (target !== undefined) ask({ kind: 'reason', change, target });
    else if (current().at.screen === 'findings') say(`no finding here is mended by: ${verbs[change]}`);
    else say('there is no peer under the cursor');
  };

  const decide = (deed: Deed) => {
    switch (deed) {
      case 'yes':
        return answered('');
      case 'look-lock':
        return desk.lookAtLock();
      case 'resume':
      case 'break':
      case 'survivors':
        return onLock(deed);
      default: {
        if (isBegin(deed)) return begin(changeOf(deed));
        const model = desk.running();
        if (model !== null) follow(deedOn(deed, model, glass.shown.ticket));
      }
    }
  };

  /** Leaves; a maintenance of which nothing is half done gives its lock back before. */
  const leave = () => {
    const { maintenance } = desk.current();
    const pausable = desk.running()?.moves.find(({ kind }) => kind === 'pause')?.whyNot === null;
    if (maintenance === null || !pausable || !freesLock(maintenance.snapshot())) return onQuit();
    maintenance.send({ kind: 'pause' });
    say('giving the lock back; q again leaves at once');
    void maintenance.ended.then(onQuit);
  };

  /** Leaves; asks once where a maintenance is under way. */
  const quit = () => {
    const { at } = current();
    const question = quitAsk(desk.running());
    const asked = at.screen === 'question' && at.ask.kind === 'quit' && glass.shown.ask === at.ask;
    if (question === null || asked) leave();
    else ask(question);
  };

  return { ask, answered, decide, quit, toPrime };
}
