import type { ChangeKind, Mend } from '../cluster/change-kinds.ts';
import type { Finding, Severity } from '../cluster/findings.ts';
import type { PeerId } from '../cluster/inventory.ts';
import { changes, changeWords } from '../maintenance/changes.ts';
import type { Model } from '../session/model.ts';
import { bindings } from './bound-keys.ts';
import type { Scene } from './drawing.ts';
import type { ScreenName } from './screens.ts';
import { callName } from './words.ts';

const severities: readonly Severity[] = ['critical', 'warning', 'info'];

/** Worst first; within a severity as the rules gave them. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return severities.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}

/** The procedures that the findings name, in the order in which they stand on the screen. */
export const mendsOf = ({ view }: Model): readonly Mend[] =>
  worstFirst(view.findings).flatMap(({ mend }) => mend ?? []);

/** The key that begins a procedure on a screen, or leads to the screen where it begins; null where none does now. */
export function keyOf(scene: Scene, kind: ChangeKind, on: ScreenName): string | null {
  const found = bindings(scene.can, on).find(({ action }) => {
    if (action.kind === 'deed') return action.deed === `begin ${kind}`;
    const to: string = action.kind === 'go' ? action.to : '';
    return to === kind || (to === 'drift' && kind === 'align');
  });
  return found?.shown ?? null;
}

/** What to press for a mend, and what it begins. */
export type MendKey = { readonly keys: string; readonly does: string };

/**
 * The keys that begin what mends a finding, from the screen they are shown on: on the findings screen a key is about
 * the first finding of its kind, on the page of a peer about that peer, on the grid about the peer under the cursor; so
 * elsewhere the way leads over the findings. Null where nothing can be begun now.
 */
export function mendKey(
  scene: Scene,
  { mend }: Finding,
  at: { readonly screen: 'grid' | 'findings' } | { readonly screen: 'peer'; readonly id: PeerId },
): MendKey | null {
  if (mend === undefined || !scene.can.begin) return null;
  const does = changeWords(mend.kind, mend.target === null ? null : callName(scene.model, mend.target));
  const here = keyOf(scene, mend.kind, at.screen);
  const ofAll = changes[mend.kind].of === 'cluster';
  if (here !== null && (ofAll || (at.screen === 'peer' && at.id === mend.target)))
    return { keys: here, does };
  const key = keyOf(scene, mend.kind, 'findings');
  if (key === null) return null;
  const first = mendsOf(scene.model).find(({ kind }) => kind === mend.kind);
  if (first?.target !== mend.target) return { keys: `${key} on its page`, does };
  return { keys: at.screen === 'findings' ? key : `f ${key}`, does };
}
