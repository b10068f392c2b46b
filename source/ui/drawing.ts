import type { PeerId } from '../cluster/inventory.ts';
import type { MaintenanceModel } from '../session/maintenance/model.ts';
import type { Model } from '../session/model.ts';
import type { Can } from './can.ts';
import type { LockSight } from './lock-sight.ts';
import type { UiOptions } from './options.ts';
import { type Line, plainText } from './spans.ts';

/** What a screen needs to draw itself: the model, the room, and what is asked of it. All of it plain values. */
export type Scene = {
  readonly model: Model;
  readonly columns: number;
  /** Lines that may be used: one less than the terminal has, since a frame as tall as the screen flickers. */
  readonly height: number;
  readonly options: UiOptions;
  /** What can be done now, and so which keys there are. */
  readonly can: Can;
  /** The maintenance under way, or the one that ended last. */
  readonly maintenance: MaintenanceModel | null;
  readonly lock: LockSight;
  /** Stands in the last line instead of the hints. */
  readonly notice: string | null;
};

/** A drawn screen, and what its keys may reach. */
export type Drawing = {
  /** Exactly `height` lines (fewer only when nothing is left to fill). */
  readonly lines: readonly Line[];
  readonly page: number;
  readonly maxScroll: number;
  readonly maxLeft: number;
  /** What a scroll position belongs to, where that changes under it. */
  readonly anchor?: string;
  /** Peers that the grid shows, in order. */
  readonly ids: readonly PeerId[];
  /** What `c` copies: its name for the notice, and the text. */
  readonly subject: { readonly name: string; readonly text: string } | null;
};

/** Lines as the text that `c` copies. */
export const copied = (lines: readonly Line[]): string =>
  lines.map((parts) => plainText(parts).trimEnd()).join('\n');
