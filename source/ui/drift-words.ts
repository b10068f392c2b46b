import {
  type DriftColumn,
  type DriftMatrix,
  driftColumns,
  notShown,
  runsInClear,
} from '../cluster/drift-matrix.ts';
import { difference } from '../cluster/lists.ts';
import type { Model } from '../session/model.ts';
import { callName } from './words.ts';

/** What differs in one thing, and what to do about it. */
export type DriftWords = { readonly what: string; readonly remedy: string };

/** All of them, however many: who differs is what this screen is for. */
const joined = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const atNextStart = 'Align makes it the same; a running weave reads it at its next start only.';

/** What differs, column by column, as sentences; nothing for what is the same or not known. */
export function driftWords(model: Model, matrix: DriftMatrix): readonly DriftWords[] {
  const ids = model.view.peers.map(({ id }) => id);
  const name = (index: number): string => callName(model, ids[index] ?? '');
  const names = (indexes: readonly number[]): string => joined(indexes.map(name));
  const oddIn = (column: DriftColumn): readonly number[] =>
    matrix.rows.flatMap(({ cells }, index) => (cells[column].how === 'differs' ? [index] : []));
  const { drift, variables, passwords, facts, reports } = matrix;
  const lists = (differing: typeof drift.files.differing): readonly string[] =>
    differing.map(({ index, lacks, extra }) =>
      [
        name(index),
        ...(lacks.length > 0 ? [`lacks ${joined(lacks)}`] : []),
        ...(lacks.length > 0 && extra.length > 0 ? ['and'] : []),
        ...(extra.length > 0 ? [`has ${joined(extra)} beyond the others`] : []),
      ].join(' '),
    );

  const ofColumn: Readonly<Record<DriftColumn, () => readonly DriftWords[]>> = {
    list: () => {
      const without = oddIn('list').filter((index) => drift.listless.includes(index));
      const odd = [
        ...lists(drift.files.differing),
        ...(without.length > 0 ? [`${names(without)} has none`] : []),
      ];
      const { lacks, extra } = difference(drift.files.reference ?? ids, ids);
      return [
        ...(odd.length > 0 ? [{ what: `PEERS in the files: ${odd.join('; ')}.`, remedy: atNextStart }] : []),
        ...(lacks.length + extra.length > 0
          ? [
              {
                what: `The files and this console do not name the same peers: ${[...lacks, ...extra].join(', ')}.`,
                remedy:
                  'Align writes the members that are configured here. Correct the config first if that is wrong.',
              },
            ]
          : []),
      ];
    },
    password: () => {
      const bare = passwords.odd.filter((index) => matrix.rows[index]?.cells.password.word === 'none');
      const other = passwords.odd.filter((index) => !bare.includes(index));
      const words = [
        ...(bare.length > 0 ? [`not set on ${names(bare)}`] : []),
        ...(other.length > 0 ? [`${passwords.usual ? 'another one' : 'set'} on ${names(other)}`] : []),
      ];
      return [
        {
          what: `WEAVE_PASSWORD: ${words.join(', ')}; most have ${passwords.usual ? 'one' : 'none'}.`,
          remedy: `${atNextStart} Nobody sees it.`,
        },
      ];
    },
    variables: () =>
      variables.map(({ name: variable, usual, odd }) => {
        const value = (one: string | undefined, hidden: string): string =>
          one === notShown ? hidden : one || 'not set';
        const there = odd.map(
          (index) =>
            `${value(facts[index]?.environment.settings[variable], 'another value (not shown)')} on ${name(index)}`,
        );
        return {
          what: `${variable === 'PEERS' ? 'Options of the launch' : variable}: ${joined(there)}, ${value(usual ?? undefined, 'one value (not shown)')} elsewhere.`,
          remedy: atNextStart,
        };
      }),
    unit: () => [
      {
        what: `The unit file of ${names(oddIn('unit'))} is not that of the others.`,
        remedy: 'Align replaces it by that of most; weave runs on.',
      },
    ],
    enabled: () => [
      {
        what: `The unit of ${names(oddIn('enabled'))} is not enabled: after a reboot weave stays down there.`,
        remedy: 'Align enables it; nothing is started by that.',
      },
    ],
    version: () => [
      {
        what: `${oddIn('version')
          .map((index) => `${name(index)} runs ${reports[index]?.version ?? ''}`)
          .join(', ')}, the others ${drift.versions.usual ?? ''}.`,
        remedy: 'Finish the upgrade, one peer at a time: no file mends it.',
      },
    ],
    range: () => [
      {
        what: `${oddIn('range')
          .map(
            (index) =>
              `${name(index)} has ${reports[index]?.ipam?.range ?? ''} (default subnet ${reports[index]?.ipam?.defaultSubnet ?? ''})`,
          )
          .join(', ')}, the others ${drift.ranges.usual ?? ''} (${drift.subnets.usual ?? ''}).`,
        remedy: 'The options of the launch differ: align them, then restart there.',
      },
    ],
    encryption: () => {
      const clear = oddIn('encryption').filter((index) => runsInClear(matrix, index));
      const odd = drift.encryption.odd.filter((index) => !clear.includes(index));
      return [
        ...(odd.length > 0
          ? [
              {
                what: `${names(odd)} ${odd.length > 1 ? 'run' : 'runs'} ${drift.encryption.usual ? 'without' : 'with'} encryption, unlike the others.`,
                remedy:
                  'Align the files, then restart there: peers that encrypt and peers that do not are never linked.',
              },
            ]
          : []),
        ...(clear.length > 0
          ? [
              {
                what: `${names(clear)} ${clear.length > 1 ? 'have' : 'has'} a password in the file and ${clear.length > 1 ? 'run' : 'runs'} without encryption.`,
                remedy:
                  'It was started before the file changed. The next start encrypts: plan one for all peers.',
              },
            ]
          : []),
      ];
    },
    clock: () => [
      {
        what: `The clock of ${oddIn('clock')
          .map((index) => `${name(index)} (${matrix.rows[index]?.cells.clock.word ?? ''})`)
          .join(', ')} is off the middle of all.`,
        remedy: 'Mend the time synchronisation there; beyond 900 s weave refuses links.',
      },
    ],
    targets: () => [
      {
        what: `Targets of the running peers: ${lists(drift.targets.differing).join('; ')}.`,
        remedy:
          'weave connect or forget the difference there, or restart these peers one by one, once the files agree.',
      },
    ],
  };
  return driftColumns.flatMap((column) => {
    const agreed = column === 'list' && drift.files.reference !== null;
    return oddIn(column).length > 0 || agreed ? ofColumn[column]() : [];
  });
}

/** That passwords were not compared but counted; null where they were, or nobody has one. */
export const uncomparedWords = ({ passwords, rows }: DriftMatrix): string | null =>
  passwords.compared || !rows.some(({ cells }) => cells.password.word !== 'none')
    ? null
    : 'Whether the passwords are the same was not told everywhere; align compares them, by digests.';

/** Who can't be compared in everything, in one sentence; null where all is known. */
export function unknownWords(model: Model, { rows }: DriftMatrix): string | null {
  const dark = rows.filter(({ cells }) => driftColumns.some((column) => cells[column].how === 'unknown'));
  return dark.length === 0
    ? null
    : `Not all is known of ${joined(dark.map(({ id }) => callName(model, id)))}; what is not known counts as no difference.`;
}
