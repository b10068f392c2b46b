import type { Finding, Rule } from '../findings.ts';
import { oddOnesOut } from '../lists.ts';
import type { Picture } from '../picture.ts';
import { blamed } from './links.ts';
import { mendAll, mendBy } from './mending.ts';
import { idsOf, label, labels, quote, verb } from './words.ts';

/** The rule about the password, by what links say, by what runs, and by what the files have for the next start. */
export const passwordRules: readonly Rule[] = [{ id: 'password-mismatch', evaluate: passwordMismatch }];

/** Who differs in the files, and in words how; null where nobody does as far as is known. */
type Unlike = { readonly peers: readonly number[]; readonly said: string };

function inFiles({ watches, roster }: Picture): Unlike | null {
  const files = watches.map((watch) => {
    const file = watch.facts?.kind === 'facts' ? watch.facts.facts.environment : null;
    return file?.state === 'read' ? file : null;
  });
  const has = files.map((file) => file?.keys.includes('WEAVE_PASSWORD'));
  const without = has.flatMap((there, index) => (there === false ? [index] : []));
  if (without.length > 0 && has.includes(true))
    return {
      peers: without,
      said: `${labels(roster, without)} ${verb(without.length, 'has', 'have')} no WEAVE_PASSWORD in the environment file, others have`,
    };
  const digests = files.map((file) => file?.passwordDigest ?? null);
  const { odd } = oddOnesOut(digests);
  if (odd.length === 0) return null;
  const told = digests.flatMap((digest, index) => (digest === null ? [] : [index]));
  // Without a majority it can't be said who of them is wrong.
  return odd.length * 2 < told.length
    ? {
        peers: odd,
        said: `The WEAVE_PASSWORD in the environment file of ${labels(roster, odd)} is another one than the others have`,
      }
    : {
        peers: told,
        said: `${labels(roster, told)} don't all have the same WEAVE_PASSWORD in their environment files`,
      };
}

/** Who runs with another password than the file there has: it was changed since weave was started. */
const changedSince = ({ watches }: Picture): readonly number[] =>
  watches.flatMap((watch, index) => {
    if (watch.facts?.kind !== 'facts' || watch.look?.kind !== 'report') return [];
    const { passwordDigest: file, runningPasswordDigest: running } = watch.facts.facts.environment;
    return file !== null && running !== null && file !== running ? [index] : [];
  });

/** Said apart from the rest, where nothing else is wrong: no link shows it before one of them is restarted. */
function passwordChanged({ roster }: Picture, changed: readonly number[]): Finding {
  return {
    id: 'password-mismatch',
    severity: 'warning',
    peers: idsOf(roster, changed),
    title: `${labels(roster, changed)} ${verb(changed.length, 'runs', 'run')} with another WEAVE_PASSWORD than the environment file there has`,
    because:
      'It was changed in the file since weave was started there. Whoever is restarted comes back with that of the file, and is linked with none that still runs with the other one.',
    remedy:
      'Restart nobody alone. If the files are right, stop weave on all hosts, then start all of them; else put the password that runs back into the files.',
  };
}

function passwordMismatch(picture: Picture): Finding[] {
  const { roster, drift } = picture;
  const changed = changedSince(picture);
  const told = picture.failures.filter(({ fault }) => fault === 'password');
  const files = inFiles(picture);
  const { usual, odd } = drift.encryption;
  if (told.length === 0 && odd.length === 0 && files === null)
    return changed.length === 0 ? [] : [passwordChanged(picture, changed)];
  const peers =
    odd.length > 0
      ? odd
      : told.length > 0
        ? [...new Set(told.map((failure) => blamed(picture, failure)))].sort((a, b) => a - b)
        : (files?.peers ?? []);
  const [example] = told;
  return [
    {
      id: 'password-mismatch',
      severity: told.length > 0 || odd.length > 0 ? 'critical' : 'warning',
      peers: idsOf(roster, peers),
      title:
        odd.length > 0
          ? `${labels(roster, odd)} ${verb(odd.length, 'runs', 'run')} ${usual ? 'without' : 'with'} encryption, the others ${usual ? 'with' : 'without'}`
          : told.length > 0
            ? `${labels(roster, peers)} can't agree on a password with the others`
            : (files?.said ?? ''),
      because: `${
        example
          ? `${label(roster, example.from)} says of ${label(roster, example.to)}: ${quote(example.info)}. `
          : ''
      }${files !== null && (odd.length > 0 || told.length > 0) ? `${files.said}. ` : ''}Peers that differ in WEAVE_PASSWORD refuse each other.`,
      remedy: 'Set the same WEAVE_PASSWORD on every host (align) and restart the peers that differ.',
      ...(files !== null ? mendAll('align') : mendBy('restart-peer', picture, odd[0])),
    },
  ];
}
