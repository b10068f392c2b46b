import type { StepPhase } from '../maintenance/run.ts';
import type { Level } from '../maintenance/verdict.ts';
import type { Tone } from './palette.ts';

export type PhaseWord = StepPhase['phase'] | 'done already';

/** The phase as people read it: a step that was found done was not run. */
export const phaseWord = (phase: StepPhase): PhaseWord =>
  phase.phase === 'done' && phase.already ? 'done already' : phase.phase;

/** A sign for each, so that colour is never needed to tell them apart. */
export const phaseGlyph: Readonly<Record<PhaseWord, string>> = {
  waiting: '·',
  checking: '◌',
  blocked: '■',
  armed: '○',
  running: '↻',
  uncertain: '¿',
  verifying: '◐',
  failed: '✖',
  done: '●',
  'done already': '◎',
  skipped: '–',
};

export const phaseTone: Readonly<Record<PhaseWord, Tone>> = {
  waiting: 'plain',
  checking: 'info',
  blocked: 'warn',
  armed: 'strong',
  running: 'info',
  uncertain: 'bad',
  verifying: 'info',
  failed: 'bad',
  done: 'good',
  'done already': 'good',
  skipped: 'plain',
};

export const levelGlyph: Readonly<Record<Level, string>> = { pass: '●', warn: '▲', block: '✖', unknown: '¿' };

export const levelTone: Readonly<Record<Level, Tone>> = {
  pass: 'good',
  warn: 'warn',
  block: 'bad',
  unknown: 'bad',
};
