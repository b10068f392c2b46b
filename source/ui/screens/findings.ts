import type { Finding } from '../../cluster/findings.ts';
import type { Drawing, Scene } from '../drawing.ts';
import { type MendKey, mendKey, worstFirst } from '../mend-keys.ts';
import type { Screen } from '../screens.ts';
import { blank, cutLine, type Line, line, type Span, span } from '../spans.ts';
import { callName, plural, severityGlyph, severityTone } from '../words.ts';
import { wrap } from '../wrap.ts';
import { page } from './page.ts';

const severities = ['critical', 'warning', 'info'] as const;

/** `1 critical, 2 warnings`, or that nothing is wrong, which can't be said while peers were not looked at. */
export function findingsLabel(findings: readonly Finding[], looking: boolean): Line {
  const words = { critical: 'critical', warning: 'warning', info: 'note' } as const;
  const parts = severities.flatMap((severity): readonly Span[] => {
    const n = findings.filter((finding) => finding.severity === severity).length;
    return n === 0
      ? []
      : [
          span(
            severity === 'critical' ? `${n} critical` : plural(n, words[severity]),
            severityTone[severity],
          ),
        ];
  });
  if (parts.length === 0) return [looking ? span('looking', 'info') : span('no findings', 'good')];
  return parts.flatMap((part, index) => (index === 0 ? [part] : [span(', '), part]));
}

/** Whether a peer was not looked at yet. */
export const stillLooking = (scene: Scene): boolean =>
  scene.model.view.peers.some((peer) => peer.state === 'unseen');

function hanging(text: string, columns: number, first: Span, indent: number): readonly Line[] {
  const lines = wrap(text, columns - indent);
  const pad = span(' '.repeat(indent));
  return lines.map((part, index) => [index === 0 ? first : pad, span(part)]);
}

/** `R: restart h5` */
const keyParts = ({ keys, does }: MendKey): Line => [span(keys, 'strong'), span(`: ${does}`)];

/**
 * One finding in full: what, on which peers if the title doesn't say so (`most` of them by name), why, what to do, and
 * by which key. Wrapped, never cut.
 */
export function findingLines(
  scene: Scene,
  finding: Finding,
  key: MendKey | null,
  most = Number.POSITIVE_INFINITY,
): readonly Line[] {
  const tone = severityTone[finding.severity];
  const said = new Set(finding.title.split(/[\s,;()|]+/).map((word) => word.replace(/[.:]+$/, '')));
  const unsaid = finding.peers.filter((id) => !said.has(id) && !said.has(callName(scene.model, id)));
  const named = unsaid
    .slice(0, most)
    .map((id) => callName(scene.model, id))
    .join(', ');
  const who = unsaid.length > most ? `${named} +${unsaid.length - most}` : named;
  const title = `${finding.title}${who === '' ? '' : ` (${who})`}`;
  const [head = '', ...rest] = wrap(title, scene.columns - 3);
  return [
    [span(` ${severityGlyph[finding.severity]} `, tone), span(head, tone)],
    ...rest.map((part): Line => [span('   '), span(part, tone)]),
    ...(finding.because === '' ? [] : hanging(finding.because, scene.columns, span('   '), 3)),
    ...(finding.remedy === '' ? [] : hanging(finding.remedy, scene.columns, span('   → ', 'strong'), 5)),
    ...(key === null ? [] : [[span('     '), ...keyParts(key)]]),
  ];
}

/** One finding in two lines, the key before the rest; cuts end with `…`, and `f` has the rest. */
function findingInShort(finding: Finding, key: MendKey | null): readonly Line[] {
  const tone = severityTone[finding.severity];
  const first: Line = [span(` ${severityGlyph[finding.severity]} `, tone), span(finding.title, tone)];
  const keyed = key === null ? [] : [...keyParts(key), span('. ')];
  return finding.remedy === '' ? [first] : [first, [span('   → ', 'strong'), ...keyed, span(finding.remedy)]];
}

/** Names of peers after a title under the grid; the findings screen has them all. */
const namesUnderGrid = 5;

/** As many findings as fit into `room` lines: in full where that leaves two lines for each that follows. */
export function findingsUnderGrid(scene: Scene, room: number): readonly Line[] {
  const findings = worstFirst(scene.model.view.findings);
  const lines: Line[] = [];
  for (const [index, finding] of findings.entries()) {
    const after = findings.length - index - 1;
    const left = room - lines.length;
    const key = mendKey(scene, finding, { screen: 'grid' });
    const full = findingLines(scene, finding, key, namesUnderGrid);
    const short = findingInShort(finding, key);
    if (full.length <= left && (after === 0 || full.length + after * 2 <= left)) lines.push(...full);
    else if (short.length <= left - (after > 0 ? 1 : 0)) lines.push(...short);
    else {
      lines.push(...lastOnes(short[0] ?? blank, after, left, scene.columns));
      break;
    }
  }
  return lines.slice(0, room);
}

/** What to do with one or two lines that are left: the worst title always stands, and how many more there are. */
function lastOnes(title: Line, after: number, left: number, columns: number): readonly Line[] {
  if (left <= 0) return [];
  if (after === 0) return [title];
  if (left > 1) return [title, line(`   +${plural(after, 'more finding')}: f`, 'strong')];
  const more = ` +${after}: f`;
  return [[...cutLine(title, columns - more.length), span(more, 'strong')]];
}

/** The most lines that the findings could use under the grid. */
export const findingsWanted = (scene: Scene): number =>
  scene.model.view.findings.reduce(
    (sum, finding) =>
      sum + findingLines(scene, finding, mendKey(scene, finding, { screen: 'grid' }), namesUnderGrid).length,
    0,
  );

export function findingsScreen(scene: Scene, at: Extract<Screen, { screen: 'findings' }>): Drawing {
  const findings = worstFirst(scene.model.view.findings);
  const nothing: readonly Line[] = [
    blank,
    line(stillLooking(scene) ? ' Looking; nothing found so far.' : ' Nothing is wrong.'),
  ];
  return page(scene, 'findings', {
    title: [span('findings: '), ...findingsLabel(findings, stillLooking(scene))],
    lines:
      findings.length === 0
        ? nothing
        : findings.flatMap((finding) => [
            ...findingLines(scene, finding, mendKey(scene, finding, { screen: 'findings' })),
            blank,
          ]),
    scroll: at.scroll,
    name: plural(findings.length, 'finding'),
  });
}
