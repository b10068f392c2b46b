import type { Happening } from '../../session/model.ts';
import type { Drawing, Scene } from '../drawing.ts';
import type { Screen } from '../screens.ts';
import { blank, type Line, line, span } from '../spans.ts';
import { callName, plural, severityGlyph, severityTone, timeOfDay } from '../words.ts';
import { wrap } from '../wrap.ts';
import { page } from './page.ts';

/** The event with its peer in front, unless it begins with that name itself. */
const text = (scene: Scene, { peer, text }: Happening): string => {
  if (peer === null) return text;
  const name = callName(scene.model, peer);
  return text.startsWith(`${name} `) || text.startsWith(`${peer} `) ? text : `${name}: ${text}`;
};

/** The newest event in one line, for the foot of the grid. */
export function newestEvent(scene: Scene): Line {
  const [event] = scene.model.events;
  if (event === undefined) return line(' no events yet');
  return [
    span(` ${timeOfDay(event.wall)} `),
    span(`${severityGlyph[event.severity]} `, severityTone[event.severity]),
    span(text(scene, event)),
  ];
}

export function eventsScreen(scene: Scene, at: Extract<Screen, { screen: 'events' }>): Drawing {
  const lines = scene.model.events.flatMap((event): readonly Line[] =>
    wrap(text(scene, event), Math.max(8, scene.columns - 12)).map((part, index) =>
      index === 0
        ? [
            span(` ${timeOfDay(event.wall)} `),
            span(`${severityGlyph[event.severity]} `, severityTone[event.severity]),
            span(part),
          ]
        : [span(' '.repeat(12)), span(part)],
    ),
  );
  return page(scene, 'events', {
    title: line(`events, newest first: ${scene.model.events.length}`),
    lines: lines.length === 0 ? [blank, line(' Nothing has changed since the console was opened.')] : lines,
    scroll: at.scroll,
    name: plural(scene.model.events.length, 'event'),
  });
}
