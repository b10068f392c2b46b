import type { PeerState, PeerView } from '../cluster/cluster-view.ts';
import type { Severity } from '../cluster/findings.ts';
import type { PeerId } from '../cluster/inventory.ts';
import { wordFor } from '../cluster/peer-state.ts';
import type { Millis } from '../cluster/trouble.ts';
import type { Model } from '../session/model.ts';
import { stateGlyph } from './glyphs.ts';
import type { Tone } from './palette.ts';

/** An age in at most three or four characters. Whole units, so that a quiet screen stays quiet. */
export function age(ms: Millis): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** The same for a sentence: `12s ago`, `just now`. */
export const ago = (ms: Millis): string => (ms < 1000 ? 'just now' : `${age(ms)} ago`);

/** How long something lasts, for a sentence: `for 12s`, `for less than 1s`. */
export const lasting = (ms: Millis): string => (ms < 1000 ? 'less than 1s' : age(ms));

/** Older than this, a look is late: one interval may pass, the next answer needs time, then it stands out. */
export const lateAfter = (interval: Millis): Millis => interval * 2 + 1000;

/**
 * The age of a look in a row: only that it is in time, or how late it is. Counting seconds in every row would redraw
 * them all for nothing; the header counts for the oldest.
 */
export const inTime = (interval: Millis): string => `<${age(lateAfter(interval) + 999)}`;

/** 0..1 as percent in at most four characters; a small share is never 0 %, nor an incomplete one 100 %. */
export function percent(share: number): string {
  const figure = share * 100;
  if (figure > 0 && figure < 0.1) return '<.1%';
  if (figure < 9.95 && Math.abs(figure - Math.round(figure)) > 0.05) return `${figure.toFixed(1)}%`;
  return `${figure < 100 ? Math.min(99, Math.round(figure)) : 100}%`;
}

/** `262,144` */
export const count = (value: number): string => value.toLocaleString('en-US');

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** Local time of day of a wall clock, HH:MM:SS. */
export function timeOfDay(wall: number): string {
  const date = new Date(wall);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

export const stateWord: Readonly<Record<PeerState, string>> = {
  unseen: 'looking',
  silent: 'silent',
  hung: 'hung',
  stopped: 'stopped',
  garbled: 'garbled',
  degraded: 'degraded',
  idle: 'idle',
  waiting: 'waiting',
  ready: 'ready',
};

/** The state of a peer as its row says it. */
export function peerWord(peer: PeerView): string {
  if (peer.returned) return 'returned';
  const word = wordFor(peer);
  return word === 'no weave' ? word : stateWord[word];
}

export const stateTone: Readonly<Record<PeerState, Tone>> = {
  unseen: 'info',
  silent: 'bad',
  hung: 'bad',
  stopped: 'bad',
  garbled: 'bad',
  degraded: 'warn',
  idle: 'info',
  waiting: 'warn',
  ready: 'good',
};

/** The tone and the glyph of a peer: as its state has them, but for one that should not be back. */
export const peerTone = (peer: PeerView): Tone => (peer.returned ? 'bad' : stateTone[peer.state]);
export const peerGlyph = (peer: PeerView): string => (peer.returned ? '✖' : stateGlyph[peer.state]);

export const severityTone: Readonly<Record<Severity | 'good', Tone>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'info',
  good: 'good',
};

export const severityGlyph: Readonly<Record<Severity | 'good', string>> = {
  critical: '✖',
  warning: '▲',
  info: '·',
  good: '●',
};

/** The IPAM phase in at most nine columns. */
export function ipamWord(ipam: PeerView['ipam']): string {
  switch (ipam.phase) {
    case 'awaiting-consensus':
      return `${ipam.known ?? '?'} of ${ipam.quorum ?? '?'}`;
    case 'waiting-for-space':
      return 'no space';
    case 'owners-unreachable':
      return 'no owners';
    case 'absent':
      return 'none';
    case 'unknown':
      return '?';
    default:
      // Rings that were seeded apart: `ready` alone would say that all is well.
      return ipam.ring === undefined ? ipam.phase : `ring ${ipam.ring}`;
  }
}

export function ipamTone({ phase, ring }: Pick<PeerView['ipam'], 'phase' | 'ring'>): Tone {
  if (ring !== undefined) return 'bad';
  if (phase === 'ready') return 'good';
  if (phase === 'owners-unreachable' || phase === 'waiting-for-space') return 'bad';
  if (phase === 'awaiting-consensus' || phase === 'priming') return 'warn';
  return 'plain';
}

/** How people call a peer: by its nickname, with its address where another has the same one; without one, its address. */
export function callName(model: Model, id: PeerId): string {
  const peer = model.view.peers.find((each) => each.id === id);
  if (peer === undefined || peer.nickname === null) return id;
  const shared = model.view.peers.some((each) => each.nickname === peer.nickname && each.id !== id);
  return shared ? `${peer.nickname} (${id})` : peer.nickname;
}
