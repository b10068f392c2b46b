import { width } from '../../text/width.ts';
import { helpEntries } from '../bound-keys.ts';
import type { Drawing, Scene } from '../drawing.ts';
import { linkGlyph, stateGlyph } from '../glyphs.ts';
import type { Screen } from '../screens.ts';
import { blank, cell, type Line, line, span } from '../spans.ts';
import { stateTone, stateWord } from '../words.ts';
import { wrap } from '../wrap.ts';
import { page } from './page.ts';

const stateMeaning = {
  ready: 'answers, has all its links, and the address space is there',
  idle: 'answers; nobody has asked for addresses yet',
  waiting: 'waits for IPAM consensus or for addresses',
  degraded: 'answers, with something of its own to mend',
  stopped: 'SSH works; weave is stopped, failed or not installed',
  hung: 'SSH works; weave does not answer though nothing says that it is stopped',
  silent: 'SSH gives nothing; what weave does there is unknown',
  garbled: 'answers with something that can not be read',
  unseen: 'not looked at yet',
} as const;

const linkMeaning = {
  established: 'established',
  pending: 'pending: TCP is there, the data path is not',
  connecting: 'connecting for the first time',
  retrying: 'retrying; the reason shown is the previous one',
  failed: 'failed; tried again later',
  none: 'says nothing of that peer',
  unknown: 'unknown, since the peer in the row gave no report',
} as const;

/** Keys from the keymap, then what the signs mean. */
export function helpScreen(scene: Scene, at: Extract<Screen, { screen: 'help' }>): Drawing {
  const entries = helpEntries(scene.can);
  const keys = entries.reduce((most, entry) => Math.max(most, width(entry.shown)), 0);
  const described = (label: Line, indent: number, does: string): readonly Line[] =>
    wrap(does, Math.max(8, scene.columns - indent)).map((part, index) =>
      index === 0 ? [...label, span(part)] : [span(' '.repeat(indent)), span(part)],
    );
  const lines: readonly Line[] = [
    ...entries.flatMap(({ shown, does }) =>
      described([span(` ${cell(shown, keys)}  `, 'strong')], keys + 3, does),
    ),
    blank,
    ...(scene.can.mischief || scene.can.workshop
      ? []
      : [line(' READ-ONLY: nothing here changes a peer.', 'strong'), blank]),
    line(' states', 'title'),
    ...Object.entries(stateMeaning).flatMap(([state, does]) => {
      const known = state as keyof typeof stateMeaning;
      return described(
        [span(` ${stateGlyph[known]} ${cell(stateWord[known], 9)} `, stateTone[known])],
        13,
        does,
      );
    }),
    blank,
    line(' links in the matrix', 'title'),
    ...Object.entries(linkMeaning).flatMap(([word, does]) =>
      described([span(` ${linkGlyph[word as keyof typeof linkMeaning]} `)], 3, does),
    ),
  ];
  return page(scene, 'help', { title: line('help'), lines, scroll: at.scroll, name: 'help' });
}
