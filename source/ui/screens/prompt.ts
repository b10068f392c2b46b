import type { Drawing, Scene } from '../drawing.ts';
import { footer, rule } from '../header.ts';
import { questionOf } from '../question.ts';
import type { Screen } from '../screens.ts';
import { cutLine, type Line, lineWidth, span } from '../spans.ts';
import { wrap } from '../wrap.ts';

/** The end of what was typed, with the cursor behind it, in `columns`. */
function typedLine(label: string, text: string, columns: number): Line {
  const head = span(` ${label}: `, 'strong');
  const room = Math.max(4, columns - lineWidth([head]) - 1);
  const graphemes = [...text];
  while (lineWidth([span(graphemes.join(''))]) > room) graphemes.shift();
  const cut = graphemes.length < [...text].length;
  if (cut) graphemes[0] = '…';
  return [head, span(graphemes.join('')), span(' ', 'selected')];
}

/** The lines of a question, at most `room`; its title and what is asked for always stand. */
function questionLines(
  scene: Scene,
  at: Extract<Screen, { screen: 'prompt' | 'question' }>,
  room: number,
): readonly Line[] {
  const { columns } = scene;
  const { title, about, wants } = questionOf(at.ask);
  const heading = wrap(title, columns - 6);
  const wrong = at.screen === 'prompt' && at.wrong !== null ? wrap(at.wrong, columns - 2) : [];
  const last: readonly Line[] =
    at.screen === 'prompt'
      ? [
          ...wrong.map((part): Line => [span(` ${part}`, 'bad')]),
          ...wrap(wants, columns - 4)
            .slice(0, -1)
            .map((part): Line => [span(` ${part}`)]),
          typedLine(wrap(wants, columns - 4).at(-1) ?? '', at.text, columns),
        ]
      : wrap(`y ${wants}; n or Esc: no`, columns - 2).map((part): Line => [span(` ${part}`, 'strong')]);
  const words = about.flatMap((text) => wrap(text, columns - 2)).map((part): Line => [span(` ${part}`)]);
  const rest = [...heading.slice(1).map((part): Line => [span(` ${part}`, 'strong')]), ...words];
  const left = Math.max(0, room - 1 - last.length);
  const kept =
    rest.length <= left ? rest : [...rest.slice(0, Math.max(0, left - 1)), [span(' …')]].slice(0, left);
  return [rule([span(heading[0] ?? '', 'strong')], '', columns), ...kept, ...last];
}

/** A question at the foot of the screen that it was asked on. */
export function withQuestion(
  scene: Scene,
  at: Extract<Screen, { screen: 'prompt' | 'question' }>,
  under: (scene: Scene) => Drawing,
): Drawing {
  const most = Math.max(2, Math.floor((scene.height - 1) * 0.7));
  const lines = questionLines(scene, at, most);
  const room = Math.max(1, scene.height - lines.length - 1);
  const behind = under({ ...scene, notice: null, height: room + 1 });
  const above = behind.lines.slice(0, room);
  return {
    ...behind,
    lines: [...above, ...lines, footer(scene, at.screen)]
      .slice(-Math.max(1, scene.height))
      .map((parts) => cutLine(parts, scene.columns)),
  };
}
