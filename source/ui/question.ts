import { changeWords } from '../maintenance/changes.ts';
import type { Ask } from './asking.ts';
import type { Work } from './lock-sight.ts';

/** A question in words: what it is about, each a paragraph, and what to press or type. */
export type Question = {
  readonly title: string;
  readonly about: readonly string[];
  /** What `y` does, or what is to be typed. */
  readonly wants: string;
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** How the question reads. */
export function questionOf(ask: Ask): Question {
  switch (ask.kind) {
    case 'address':
      return {
        title: 'Add a peer',
        about: [
          'Its address as it shall stand in PEERS. For a host that the config does not name, leave, and open the console with weave-console add ADDRESS.',
        ],
        wants: 'address',
      };
    case 'reason':
      return {
        title: capital(changeWords(ask.change, ask.target)),
        about: ['Reason or ticket, for the journal and for colleagues who see the lock. May be left empty.'],
        wants: 'reason',
      };
    case 'begin': {
      const { kind, target, reason } = ask.request;
      return {
        title: `Begin to ${changeWords(kind, target)}?`,
        about: [
          'This takes the maintenance lock on the peers and opens the checklist. Each step of it is confirmed by itself.',
          reason === '' ? 'No reason is given.' : `Reason: ${reason}`,
        ],
        wants: 'takes the lock and opens the checklist',
      };
    }
    case 'word':
      return {
        title: `${ask.title}: this can't be taken back`,
        about: [ask.undo],
        wants: `type ${ask.word} to let it go`,
      };
    case 'acknowledge':
      return {
        title: `Acknowledge this warning? ${ask.title}`,
        about: [ask.because],
        wants: 'acknowledges this one, and says so in the journal',
      };
    case 'override-reason':
      return {
        title: `Override: ${ask.title}`,
        about: [ask.because, 'The check stays as it is; the step may go in spite of it.'],
        wants: 'reason',
      };
    case 'override-name':
      return {
        title: `Override: ${ask.title}`,
        about: [ask.because, `Reason: ${ask.reason}`],
        wants: `type the cluster's name, ${ask.cluster}, to override it`,
      };
    case 'skip':
      return {
        title: `Leave out: ${ask.title}`,
        about: [`It may be left out: ${ask.optional}`],
        wants: 'reason',
      };
    case 'pause':
      if (ask.frees)
        return {
          title: 'Stop here?',
          about: [
            ...(ask.goesOn === null ? [] : [ask.goesOn]),
            'Nothing of this is half done, so the lock is given back and others may begin a change.',
          ],
          wants: 'stops here and gives the lock back',
        };
      return {
        title: 'Pause this maintenance?',
        about: [
          ...(ask.goesOn === null ? [] : [ask.goesOn]),
          'Nothing more is run. The record of the lock stays on the peers, so that whoever resumes knows what is half done; nobody can begin another change until then.',
        ],
        wants: 'pauses it and lets the lease go',
      };
    case 'quit':
      return quitQuestion(ask);
    case 'resume':
      return {
        title: `Resume ${ask.record.procedure}${ask.record.target === null ? '' : ` of ${ask.record.target}`}?`,
        about: [
          `The lock of ${ask.record.who} becomes yours. Everything is looked at first; nothing is done twice, and each step is confirmed anew.`,
        ],
        wants: 'takes the lock over and opens the checklist',
      };
    case 'break-word':
      return {
        title: 'Break the lock',
        about: [
          'The change that it was for stays half done, and its record goes. Resume it instead unless it was put right by hand.',
        ],
        wants: `type ${ask.what}, ${ask.word}`,
      };
    case 'break-reason':
      return {
        title: 'Break the lock',
        about: ['Why it may go, for the journals.'],
        wants: 'reason; Enter breaks the lock',
      };
    case 'survivors':
      return survivorsQuestion(ask);
  }
}

function quitQuestion({ running, frees, goesOn }: Extract<Ask, { kind: 'quit' }>): Question {
  const record = frees
    ? 'Nothing of this is half done: the lock is given back where that can be done before we leave.'
    : 'The record of the lock stays on the peers: it says which step was under way, and nobody begins another change until somebody resumes this one or breaks the lock.';
  const on = goesOn === null ? [] : [goesOn];
  return running === null
    ? {
        title: 'Leave with a maintenance under way?',
        about: ['No command is running.', ...on, record],
        wants: 'leaves',
      }
    : {
        title: 'Leave while a step is running?',
        about: [
          `The command on ${running} may go on there without this console. How it ends is not seen: whoever resumes finds the step uncertain and looks first.`,
          ...on,
          record,
        ],
        wants: 'leaves',
      };
}

/** What work would be done, to stand behind "to". */
export const workWords = (work: Work): string => {
  if (work.kind === 'break') return 'break the lock that was left behind';
  if (work.kind === 'begin') return changeWords(work.request.kind, work.request.target);
  const { procedure, target } = work.record;
  return `resume ${procedure}${target === null ? '' : ` of ${target}`}`;
};

/** What happened, without what to do about it and when it is tried again. */
const firstSentence = (text: string): string => text.replace(/\.(?: .*)?$/s, '');

function survivorsQuestion({ short, cluster }: Extract<Ask, { kind: 'survivors' }>): Question {
  const { have, missing } = short.shortage.seen;
  return {
    title: `Go on with the survivors, to ${workWords(short.work)}?`,
    about: [
      `${have} of ${have + missing.size} peers can be locked. Not locked: ${[...missing].map(([peer, why]) => `${peer} (${firstSentence(why)})`).join('; ')}.`,
      'By typing the name you say that they are dead. If one of them lives and is only cut off from here, a console on its side can change the cluster at the same time, and nothing keeps the two apart. What answers must be locked all the same; who was missing stands in the journal.',
    ],
    wants: `type the cluster's name, ${cluster}, to go on without them`,
  };
}
