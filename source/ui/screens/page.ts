import { copied, type Drawing, type Scene } from '../drawing.ts';
import { footer, header, rule } from '../header.ts';
import type { ScreenName } from '../screens.ts';
import { blank, cutLine, type Line } from '../spans.ts';

/** `↑ 12 more  ↓ 80 more`, or nothing when all is on screen. */
export function offScreen(above: number, below: number): string {
  const parts = [above > 0 ? `↑ ${above} more` : '', below > 0 ? `↓ ${below} more` : ''];
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
