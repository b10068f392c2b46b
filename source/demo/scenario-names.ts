/** The states in which a demo cluster can start. */
export const scenarioNames = [
  'healthy',
  'idle',
  'waiting-for-quorum',
  'partition',
  'dead-peer',
  'stopped-peer',
  'drift',
  'seeded-apart',
  'clones',
  'fresh-hosts',
  'returned-peer',
  'slow-links',
  'big',
] as const;

export type ScenarioName = (typeof scenarioNames)[number];
