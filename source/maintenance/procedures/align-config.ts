import { inspectCommand } from '../../commands/inspect.ts';
import type { Procedure } from '../step.ts';
import { block } from '../verdict.ts';
import { type ClusterPlan, step } from './steps.ts';

/** Makes files the same again. */
export const alignConfig = ({ id, members }: ClusterPlan): Procedure => ({
  kind: 'align',
  title: 'Align all peers',
  target: null,
  hosts: members,
  inspect: (host) => {
    const peer = members.find(({ address }) => address === host);
    if (peer === undefined) throw new RangeError(`${host} plays no part in this`);
    return inspectCommand(peer, { ask: [], attached: false, salt: id });
  },
  steps: () => [
    step({
      id: 'preflight',
      title: 'Look at the cluster',
      why: 'Nothing is changed.',
      on: null,
      before: [
        { id: 'built', title: 'It is built', never: true, judge: () => block('This is not built yet.') },
      ],
      action: { kind: 'look' },
      undo: 'Nothing to undo.',
    }),
  ],
});
