import { isBeingMade, nothingInstalled } from '../cluster/peer-state.ts';
import { divergence } from '../cluster/quorum.ts';
import { width } from '../text/width.ts';
import type { Binding } from './binding.ts';
import { bindings } from './bound-keys.ts';
import type { Scene } from './drawing.ts';
import { twoLinesBelow } from './grid-layout.ts';
import { badgeTone } from './palette.ts';
import type { ScreenName } from './screens.ts';
import { cell, cutLine, type Line, lineWidth, type Span, span } from './spans.ts';
import { age, lateAfter } from './words.ts';

/** IPAM consensus: the first ring, made once. */
function consensus({ model }: Scene): Span {
  const { phase, quorum, known } = model.view.quorum.ipam;
  switch (phase) {
    case 'ready': {
      const diverge = divergence(model.view);
      if (diverge === null) return span('IPAM ready', 'good');
      return diverge === 'certain'
        ? span('IPAM ready, RINGS DIVERGE', 'bad')
        : span('IPAM ready, rings may diverge', 'warn');
    }
    case 'idle':
      return span('IPAM idle, not primed', 'info');
    case 'awaiting-consensus':
      return span(`IPAM waiting: ${known ?? '?'} of ${quorum ?? '?'} known`, 'warn');
    case 'priming':
      return span('IPAM priming', 'warn');
    case 'split':
      return span('IPAM SPLIT, rings differ', 'bad');
    case 'unknown':
      return span('IPAM unknown', 'info');
  }
}

/** Mesh majority: how many configured peers see each other now. Never one number with the consensus. */
function mesh({ model, columns, maintenance }: Scene): Span {
  const { configured, connected, majority, cliques, answering, standing } = model.view.quorum.mesh;
  if (nothingInstalled(model.view.peers)) return span('mesh none, no weave on any host', 'info');
  const groups = cliques.length > 1 ? `, ${cliques.length} groups` : '';
  const word = columns < twoLinesBelow ? '' : ' connected';
  const text = `mesh ${connected}/${configured}${word}${groups}, majority ${majority}`;
  // While the peers are started one by one, what is missing is still to come.
  const toCome =
    maintenance !== null &&
    maintenance.run.ended === null &&
    maintenance.run.procedure.kind === 'bootstrap' &&
    model.view.space.rings.length === 0;
  switch (standing) {
    case 'unknown':
      // Where nobody answers, it may be only our own SSH that is down.
      return answering === 0
        ? span(`mesh unknown (0 of ${configured} answer)`, 'info')
        : toCome
          ? span(`${text} not yet`, 'info')
          : span(`${text} not seen`, 'warn');
    case 'lost':
      return toCome || isBeingMade(model.view)
        ? span(`${text} not yet`, 'info')
        : span(`${text} LOST`, 'bad');
    case 'held':
      return span(text, connected < configured ? 'warn' : 'good');
  }
}

function oldestLook({ model }: Scene): Span {
  const looks = model.view.peers.flatMap(({ watch }) => (watch.look === null ? [] : [watch.look.at]));
  const missing = model.view.peers.length - looks.length;
  if (missing > 0) return span(`looked at ${looks.length} of ${model.view.peers.length}`, 'info');
  if (looks.length === 0) return span('no peers configured', 'warn');
  const oldest = model.now - Math.min(...looks);
  return span(`oldest look ${age(oldest)}`, oldest > lateAfter(model.inventory.interval) ? 'bad' : 'plain');
}

/** The lock, where somebody else has it or left it: who comes to a half-done change must not have to ask. */
function lockPiece({ lock: { view } }: Scene): readonly Span[] {
  switch (view?.kind) {
    case 'held':
      return [
        span(
          `LOCK held${view.record === null ? '' : ` by ${cell(view.record.who, Math.min(width(view.record.who), 24))}`}`,
          'warn',
        ),
      ];
    case 'left-behind':
      return [span('LOCK LEFT BEHIND (l)', 'bad')];
    case 'broken':
      return [span('LOCK UNREADABLE (l)', 'bad')];
    default:
      return [];
  }
}

/** Whether anything is being changed: the step of the maintenance that is open, else READ-ONLY where nothing can be. */
function mode(scene: Scene, readOnly: boolean, titled: boolean): readonly Span[] {
  const run = scene.maintenance?.run;
  if (scene.maintenance !== null && run !== undefined && run.ended === null) {
    const lock = run.lock.kind === 'held' ? [] : [span(`LOCK ${run.lock.kind.toUpperCase()}`, 'bad')];
    const { steps } = scene.maintenance;
    const step = `${Math.min(run.at + 1, steps.length)}/${steps.length}`;
    const what = titled ? '' : ` ${run.procedure.title}, step ${step}`;
    return [span(`MAINTENANCE${what}`, 'strong'), ...lock];
  }
  return [...(scene.options.readOnly || readOnly ? [span('READ-ONLY', 'strong')] : []), ...lockPiece(scene)];
}

const gap = '  ';

/**
 * The cluster and its quorums, in as many lines as that takes (two at most where there is room for them). `titled`: the
 * screen says in its own title which maintenance it is.
 */
export function header(scene: Scene, titled = false): readonly Line[] {
  const { inventory, view } = scene.model;
  const pieces: Span[] = [
    span(` ${cell(view.cluster, Math.min(width(view.cluster), 24))} `, badgeTone(inventory.color)),
  ];
  pieces.push(...mode(scene, inventory.readOnly, titled));
  pieces.push(consensus(scene), mesh(scene), oldestLook(scene));
  const lines: Span[][] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && lineWidth(last) + gap.length + lineWidth([piece]) <= scene.columns) {
      last.push(span(gap), piece);
    } else {
      lines.push(last === undefined ? [piece] : [span(' '), piece]);
    }
  }
  return lines.map((parts) => cutLine(parts, scene.columns));
}

/** The last line: a notice, else the keys of this screen. Hints that don't fit go; `?` names them all. `without` drops one that does nothing now. */
export function footer(scene: Scene, on: ScreenName, without = ''): Line {
  if (scene.notice !== null) return cutLine([span(` ${scene.notice} `, 'notice')], scene.columns);
  const hints = bindings(scene.can, on).filter(({ hint, shown }) => hint !== null && shown !== without);
  // What is wrong comes before what could be begun: the grid has room for the first lines of a finding only.
  const wrong = on === 'grid' && scene.model.view.findings.length > 0 ? ['f'] : [];
  const keys = ['?', 'Esc', 'q', 'Enter', 'w', 'y', 'n', 'P', ...wrong, 'a', 'd', 'l', '/'];
  const important = (key: string): number => keys.indexOf(key);
  // Behind these, what a screen begins comes before the ways to other screens.
  const place = ({ shown, action }: Binding): number => {
    const listed = important(shown);
    return listed >= 0 ? listed : action.kind === 'deed' ? 50 : 99;
  };
  const ranked = [...hints].sort((a, b) => place(a) - place(b));
  let room = scene.columns - 1;
  const kept = new Set<(typeof hints)[number]>();
  for (const hint of ranked) {
    const size = hint.shown.length + 1 + (hint.hint?.length ?? 0) + gap.length;
    if (size > room) continue;
    room -= size;
    kept.add(hint);
  }
  const parts = hints
    .filter((hint) => kept.has(hint))
    .flatMap((hint) => [span(hint.shown, 'strong'), span(` ${hint.hint}${gap}`)]);
  return [span(' '), ...parts];
}

/** A line across the screen with a label at its start and one at its end. */
export function rule(label: Line, end: string, columns: number): Line {
  const tail = end === '' ? '' : ` ${end} ──`;
  const room = Math.max(1, columns - width(tail) - 5);
  const start: Line = [span('── '), ...cutLine(label, room), span(' ')];
  const fill = columns - lineWidth(start) - width(tail);
  return cutLine([...start, span('─'.repeat(Math.max(1, fill))), span(tail)], columns);
}
