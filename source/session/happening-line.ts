import type { Happening } from './model.ts';

/** One event as a plain line that begins with the time (UTC). */
export const happeningLine = (event: Happening): string =>
  `${new Date(event.wall).toISOString()} ${event.peer ?? 'cluster'}: ${event.text}`;
