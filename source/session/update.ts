import type { InventoryPeer, PeerId } from '../cluster/inventory.ts';
import type { FactsSighting, PeerWatch, Sighting } from '../cluster/sighting.ts';
import type { Millis } from '../cluster/trouble.ts';

/** What the watcher tells the store. */
export type WatchEvent =
  | { readonly kind: 'looking'; readonly id: PeerId; readonly at: Millis }
  | { readonly kind: 'looked'; readonly id: PeerId; readonly sighting: Sighting }
  | { readonly kind: 'probed'; readonly id: PeerId; readonly sighting: FactsSighting };

/** What kind of answer a look gave, in one word: a port that refuses tells another thing than one that is mute. */
export const answerOf = (sighting: Sighting): string =>
  sighting.kind === 'silent'
    ? `${sighting.why.layer} ${sighting.why.kind === 'refused' ? 'refuses' : 'is mute'}`
    : sighting.kind;

/** A peer of which nothing is known yet. */
export const unwatched = (peer: InventoryPeer): PeerWatch => ({
  peer,
  look: null,
  lastReport: null,
  facts: null,
  lastFacts: null,
  since: null,
  lookingSince: null,
});

/** The next state of one peer. Returns the same object when the event is an answer that a newer one has overtaken. */
export const updateWatch = (watch: PeerWatch, event: WatchEvent): PeerWatch => {
  switch (event.kind) {
    case 'looking':
      return { ...watch, lookingSince: event.at };
    case 'looked': {
      const { sighting } = event;
      if (watch.look !== null && sighting.seq <= watch.look.seq) return watch;
      return {
        ...watch,
        look: sighting,
        since: watch.look !== null && answerOf(watch.look) === answerOf(sighting) ? watch.since : sighting.at,
        lastReport: sighting.kind === 'report' ? sighting : watch.lastReport,
        lookingSince: null,
      };
    }
    case 'probed': {
      const { sighting } = event;
      if (watch.facts !== null && sighting.seq <= watch.facts.seq) return watch;
      return { ...watch, facts: sighting, lastFacts: sighting.kind === 'facts' ? sighting : watch.lastFacts };
    }
  }
};
