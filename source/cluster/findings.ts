import type { Mend } from './change-kinds.ts';
import { configRules } from './findings/config.ts';
import { hostRules } from './findings/hosts.ts';
import { ipamRules } from './findings/ipam.ts';
import { launchRules } from './findings/launch.ts';
import { linkRules } from './findings/links.ts';
import { nameRules } from './findings/names.ts';
import { passwordRules } from './findings/password.ts';
import { removedRules } from './findings/removed.ts';
import { ringRules } from './findings/rings.ts';
import { unitRules } from './findings/units.ts';
import type { PeerId } from './inventory.ts';
import type { Picture } from './picture.ts';

/** info: to know; warning: to mend; critical: to mend now, and no change before that. */
export type Severity = 'info' | 'warning' | 'critical';

/** One thing that is wrong, why, and what to do. Ids are stable words: scripts match on them. */
export type Finding = {
  readonly id: string;
  readonly severity: Severity;
  readonly peers: readonly PeerId[];
  readonly title: string;
  readonly because: string;
  readonly remedy: string;
  /** The procedure that mends it, where one does. */
  readonly mend?: Mend;
};

/** A rule of the failure table. It finds nothing in a healthy cluster, and nothing in what isn't known. */
export type Rule = { readonly id: string; readonly evaluate: (picture: Picture) => readonly Finding[] };

/** The failure table, in the order in which causes come before their effects. */
export const rules: readonly Rule[] = [
  ...removedRules,
  ...ringRules,
  ...nameRules,
  ...hostRules,
  ...unitRules,
  ...ipamRules,
  ...passwordRules,
  ...linkRules,
  ...launchRules,
  ...configRules,
];

const ORDER: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** All findings, worst first; among equals in the order of the table. */
export function findAll(picture: Picture): readonly Finding[] {
  return rules
    .flatMap((rule) => rule.evaluate(picture))
    .sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}
