import type { InventoryPeer, PeerId } from '../../source/cluster/inventory.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import type { Session } from '../../source/session/model.ts';
import { openSession, type PeerEye } from '../../source/session/session.ts';
import { lookOnly } from '../../source/ui/can.ts';
import { draw } from '../../source/ui/draw.ts';
import { unseenLock } from '../../source/ui/lock-sight.ts';
import { start } from '../../source/ui/screens.ts';
import { plainText } from '../../source/ui/spans.ts';
import { fakeClock } from './fake-clock.ts';
import { facts } from './watches.ts';

/** What each peer answers now, in the order of the config; the times in it are not looked at. */
export type World = readonly PeerWatch[];

/** How long a look and a probe take, in ms. What they tell is how it stood in the middle. */
const lookTakes = 150;
export const probeTakes = 600;

/** A session on peers that answer by script, on a clock that moves only when it is told to. */
export const scriptedCluster = (first: World) => {
  const time = fakeClock();
  const { clock } = time;
  let world = first;
  const after = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const eyeOf = ({ address }: InventoryPeer): PeerEye => {
    const host = () => world.find(({ peer }) => peer.address === address);
    const take = async <T>(ms: number, answer: () => T | null | undefined): Promise<T> => {
      await after(ms / 2);
      const found = answer();
      if (!found) throw new Error(`nothing is scripted of ${address}`);
      await after(ms / 2);
      return found;
    };
    return {
      look: async (seq) => ({ ...(await take(lookTakes, () => host()?.look)), seq, at: clock.now() }),
      probe: async (seq) => ({
        ...(await take(probeTakes, () => host()?.facts ?? facts())),
        seq,
        at: clock.now(),
      }),
      log: async () => ({ kind: 'there', at: clock.now(), lines: [] }),
    };
  };
  const session = openSession({
    inventory: {
      cluster: 'prod',
      color: null,
      readOnly: true,
      interval: 2000,
      peers: first.map(({ peer }) => peer),
      spares: [],
    },
    clock,
    eyeOf,
    retryNow: () => {},
    close: async () => {},
  });
  return {
    session,
    advance: time.advance,
    /** From now on the peers answer so. */
    become: (next: World) => {
      world = next;
    },
    /** Moves the clock until what is drawn says all of this; ms that went by, or infinite after 5 s. */
    until: async (shown: () => string, said: readonly RegExp[]): Promise<number> => {
      for (let passed = 0; passed <= 5000; passed += 10) {
        if (said.every((pattern) => pattern.test(shown()))) return passed;
        await time.advance(10);
      }
      return Number.POSITIVE_INFINITY;
    },
  };
};

/** The prime screen of a peer as it is drawn now, its paragraphs as one line each; as tall as it needs. */
export const primeScreenOf = (session: Session, id: PeerId): (() => string) => {
  let drawn: { readonly of: unknown; readonly text: string } | null = null;
  return () => {
    const model = session.snapshot();
    if (drawn?.of === model) return drawn.text;
    const scene = {
      model,
      columns: 140,
      height: model.view.peers.length > 8 ? 300 : 39,
      options: { ascii: false, color: false, readOnly: true },
      can: lookOnly,
      maintenance: null,
      lock: unseenLock,
      notice: null,
    };
    const { lines } = draw(scene, { ...start, at: { screen: 'prime', id, scroll: 0 } });
    const text = lines
      .map((parts) => plainText(parts).trimEnd())
      .join('\n')
      .replaceAll(/\n {3,}(?=\S)/g, ' ');
    drawn = { of: model, text };
    return text;
  };
};
