import { copied, type Drawing, type Scene } from '../drawing.ts';
import { footer, header, rule } from '../header.ts';
import type { ScreenName } from '../screens.ts';
import { blank, cutLine, type Line } from '../spans.ts';

/** `↑ 12 more  ↓ 80 more`, or nothing when all is on screen. `what` is said where the line is about something else, too. */
export function offScreen(above: number, below: number, what?: string): string {
  const more = (count: number): string =>
    `${count} more${what === undefined ? '' : ` ${what}${count === 1 ? '' : 's'}`}`;
  const parts = [above > 0 ? `↑ ${more(above)}` : '', below > 0 ? `↓ ${more(below)}` : ''];
  return parts.filter((part) => part !== '').join('  ');
}

/** A screen that is one column of lines: header, a rule with the title, the lines that fit, the hints. */
export function page(
  scene: Scene,
  on: ScreenName,
  content: {
    readonly title: Line;
    readonly lines: readonly Line[];
    readonly scroll: number;
    readonly name: string;
  },
): Drawing {
  const top = header(scene).slice(0, Math.max(0, scene.height - 4));
  const room = Math.max(1, scene.height - top.length - 2);
  const maxScroll = Math.max(0, content.lines.length - room);
  const scroll = Math.min(content.scroll, maxScroll);
  const shown = content.lines.slice(scroll, scroll + room).map((parts) => cutLine(parts, scene.columns));
  const below = content.lines.length - scroll - shown.length;
  const filler = Array.from({ length: room - shown.length }, () => blank);
  const lines = [
    ...top,
    rule(content.title, offScreen(scroll, below), scene.columns),
    ...shown,
    ...filler,
    footer(scene, on),
  ];
  return {
    lines: lines.slice(0, scene.height),
    page: room,
    maxScroll,
    maxLeft: 0,
    ids: [],
    subject: { name: content.name, text: copied([content.title, ...content.lines]) },
  };
}
