import type { Stage } from './stage.ts';

/** Drives the world by the real clock; `tick` brings it up to date at once. */
export const drive = (stage: Stage, speed: number) => {
  const { world } = stage;
  const [begun, born] = [performance.now(), world.now];
  let timer: NodeJS.Timeout | null = null;
  const tick = () => world.advance(born + (performance.now() - begun) * speed);
  const arm = () => {
    const next = world.timeline.nextAt();
    const wait = next === null ? 1000 : (next - world.now) / speed;
    // Not for each little thing by itself: a few ms late is early enough.
    timer = setTimeout(
      () => {
        tick();
        arm();
      },
      Math.min(1000, Math.max(5, wait)),
    );
  };
  arm();
  return {
    tick,
    stop: () => {
      if (timer !== null) clearTimeout(timer);
    },
  };
};
