import type { Drawing, Scene } from './drawing.ts';
import { checklistScreen, listBelow } from './screens/checklist.ts';
import { driftScreen, driftSentences } from './screens/drift.ts';
import { eventsScreen } from './screens/events.ts';
import { findingsScreen } from './screens/findings.ts';
import { gridScreen } from './screens/grid.ts';
import { helpScreen } from './screens/help.ts';
import { lockScreen } from './screens/lock.ts';
import { matrixScreen } from './screens/matrix.ts';
import { peerScreen } from './screens/peer.ts';
import { primeScreen, primeSentences } from './screens/prime.ts';
import { withQuestion } from './screens/prompt.ts';
import { gridSentences, linkSentences } from './screens/sentences.ts';
import { spaceScreen } from './screens/space.ts';
import type { UiState } from './screens.ts';
import { plainText } from './spans.ts';

/** The screen of the moment: a pure function of the model, the state of the screens and the size. */
export function draw(scene: Scene, state: UiState): Drawing {
  const { at } = state;
  switch (at.screen) {
    case 'peer':
      return peerScreen(scene, at);
    case 'matrix':
      return matrixScreen(scene, at);
    case 'space':
      return spaceScreen(scene, at);
    case 'findings':
      return findingsScreen(scene, at);
    case 'prime':
      return primeScreen(scene, at);
    case 'drift':
      return driftScreen(scene, at);
    case 'events':
      return eventsScreen(scene, at);
    case 'help':
      return helpScreen(scene, at);
    case 'checklist':
      return checklistScreen(scene, at);
    case 'lock':
      return lockScreen(scene, at);
    case 'prompt':
    case 'question':
      return withQuestion(scene, at, (above) => draw(above, beneath(state)));
    default:
      return gridScreen(scene, state);
  }
}

/** The screen that a question was asked on. */
const beneath = (state: UiState): UiState => ({
  ...state,
  at: state.back.at(-1) ?? { screen: 'grid' },
  back: state.back.slice(0, -1),
});

/** The same for a screen reader: sentences, no table, no decoration. */
export function speak(scene: Scene, state: UiState): readonly string[] {
  if (state.at.screen === 'grid' || state.at.screen === 'filter') return gridSentences(scene, state);
  if (state.at.screen === 'matrix') return linkSentences(scene.model);
  if (state.at.screen === 'prime') return primeSentences(scene, state.at);
  if (state.at.screen === 'drift') return driftSentences(scene);
  // Beside each other, the steps and the step at hand could not be told apart when spoken.
  const narrow = { ...scene, columns: Math.min(scene.columns, listBelow - 1) };
  return draw(state.at.screen === 'checklist' ? narrow : scene, state)
    .lines.map((parts) =>
      plainText(parts)
        .replaceAll(/[─│┼]+/g, ' ')
        .trim(),
    )
    .filter((text) => text !== '');
}
