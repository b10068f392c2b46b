import { changeWords } from '../maintenance/changes.ts';
import type { Maintenance, Workshop } from '../session/maintenance/model.ts';
import type { Left } from './leaving.ts';

/** A workshop that keeps in mind which change it has begun last, so that it can be told how that was left. */
export type Remembered = { readonly workshop: Workshop; readonly left: () => Left };

export const remembered = (workshop: Workshop): Remembered => {
  let last: { readonly maintenance: Maintenance; closed: boolean } | null = null;
  const open = new Set<string>();
  const ask = async <T>(words: string, answer: Promise<T>): Promise<T> => {
    open.add(words);
    return answer.finally(() => open.delete(words));
  };
  const keep = (maintenance: Maintenance): void => {
    const mine = { maintenance, closed: false };
    last = mine;
    void maintenance.ended.then(() => {
      mine.closed = true;
    });
  };
  return {
    workshop: {
      ...workshop,
      begin: async (request, survivors) => {
        const words = changeWords(request.kind, request.target);
        const answer = await ask(words, workshop.begin(request, survivors));
        if (answer.ok) keep(answer.maintenance);
        return answer;
      },
      resume: async (record, survivors) => {
        const words = `resume ${record.procedure}${record.target === null ? '' : ` of ${record.target}`}`;
        const answer = await ask(words, workshop.resume(record, survivors));
        if (answer.ok) keep(answer.maintenance);
        return answer;
      },
      breakLock: async (...args) => {
        const answer = await ask('break the lock that was left behind', workshop.breakLock(...args));
        // Of a change whose lock is gone, nothing can be resumed.
        if (answer.ok) last = null;
        return answer;
      },
    },
    left: () => ({
      model: last?.maintenance.snapshot() ?? null,
      closed: last?.closed ?? true,
      asked: [...open][0] ?? null,
    }),
  };
};
