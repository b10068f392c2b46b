import { readElection } from '../cluster/election.ts';
import { electionSayings } from '../cluster/election-words.ts';
import type { PeerId } from '../cluster/inventory.ts';
import type { Model } from './model.ts';

/**
 * The story of an election as plain lines, each with its time (UTC): all of it once, then what changed. The function is
 * asked at each new model, and answers with the lines that are new.
 */
export const electionLines = (peer: PeerId): ((model: Model, wall: number) => readonly string[]) => {
  let begun = false;
  let told = 0;
  let done = false;
  return ({ view, elections, now }, wall) => {
    const election = readElection(view, peer);
    if (election === null) return [];
    const line = (text: string, at = now): string => `${new Date(wall - (now - at)).toISOString()} ${text}`;
    const story = electionSayings(view, election).map(({ text }) => line(text));
    const changes = elections.get(peer)?.changes ?? [];
    if (!begun) {
      begun = true;
      told = now;
      done = election.done;
      return story;
    }
    const news = changes.filter(({ at }) => at > told).map(({ at, text }) => line(text, at));
    told = now;
    const ends = election.done && !done;
    done = election.done;
    return ends ? [...news, ...story] : news;
  };
};
