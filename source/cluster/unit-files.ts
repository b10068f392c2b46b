/** Whether a unit in this state (`UnitFileState`) starts at every boot. `enabled-runtime` lies in /run, and is gone by the next one. */
export const startsAtBoot = (enabled: string): boolean => enabled === 'enabled';

/** States in which nothing starts it at the next boot. Of any other one, as `static` or `alias`, that can't be told. */
export const staysAway: ReadonlySet<string> = new Set([
  'disabled',
  'masked',
  'masked-runtime',
  'enabled-runtime',
  'linked',
  'linked-runtime',
]);
