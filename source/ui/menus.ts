import type { Mischief } from '../ports.ts';
import type { Workshop } from '../session/maintenance/model.ts';
import { bindings } from './bound-keys.ts';
import type { Can } from './can.ts';
import type { Scene } from './drawing.ts';
import { footer, header, rule } from './header.ts';
import type { MenuItem } from './parts/menu.tsx';
import type { ScreenName } from './screens.ts';
import { type Line, line } from './spans.ts';

/** The item of the list of spares behind which an address is typed. No host is called so. */
export const otherAddress = '';

/** The palette's list: each action that needs nothing more than to be chosen. */
export const choices = (can: Can) => bindings(can).filter((binding) => binding.choice === true);

/** What the menu on this screen offers, or null where there is none. Must not change while it is open. */
export function menuItems(
  screen: ScreenName,
  mischief: Mischief | null,
  workshop: Workshop | null,
  can: Can,
): readonly MenuItem[] | null {
  if (screen === 'mischief') return (mischief?.items() ?? []).map(({ id, label }) => ({ value: id, label }));
  if (screen === 'add')
    return [
      ...(workshop?.spares() ?? []).map((id) => ({ value: id, label: `${id}  a spare of this cluster` })),
      { value: otherAddress, label: 'another host: type its address' },
    ];
  if (screen !== 'palette') return null;
  return choices(can).map(({ keys, shown, does }) => ({
    value: shown,
    label: `${(keys.length === 0 ? '' : shown).padEnd(3)} ${does}`,
  }));
}

const titles: Readonly<Record<string, string>> = {
  palette: 'actions: Enter chooses',
  mischief: 'break or mend the demo: Enter chooses',
  add: 'which host to add: Enter chooses, nothing is begun yet',
};

/** The lines around a menu: header and title above it, the last one below. */
export function menuFrame(scene: Scene, screen: ScreenName, size: number): readonly Line[] {
  const top = header(scene).slice(0, Math.max(0, scene.height - 4));
  const room = Math.max(1, scene.height - top.length - 2);
  return [
    ...top,
    rule(
      line(titles[screen] ?? ''),
      size > room ? `${room} of ${size}, more with ↓` : `${size}`,
      scene.columns,
    ),
    footer(scene, screen),
  ];
}
