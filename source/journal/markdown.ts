import type { JournalEntry } from './entry.ts';
import { replay } from './replay.ts';

/** Text inside Markdown: nothing in it is markup. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~!]/g, '\\$&');

/** A run of back-ticks that none in `text` is as long as. */
const fenceFor = (text: string, atLeast: number): string =>
  '`'.repeat(Math.max(atLeast, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));

/** A code span, or a block of code where there are several lines: nothing in `text` ends it, and no line of it leaves the item. */
const code = (text: string): string => {
  if (/[\r\n]/.test(text)) {
    const fence = fenceFor(text, 3);
    const lines = [fence, ...text.split(/\r\n|[\r\n]/), fence];
    return `\n\n${lines.map((line) => `  ${line}`).join('\n')}`;
  }
  const fence = fenceFor(text, 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
};

/** That too few peers were locked, and who was not. */
const withoutWords = (missing: readonly string[] | undefined): string =>
  missing === undefined
    ? ''
    : `. **With the survivors only**: ${plain(missing.join(', '))} could not be locked, and the cluster's name was typed to go on`;

const sentence = (entry: JournalEntry): string => {
  switch (entry.kind) {
    case 'opened':
      return `${entry.how === 'new' ? 'Opened' : entry.how === 'resumed' ? 'Resumed' : 'Taken over'} by ${plain(entry.who)} on ${plain(entry.host)}${entry.reason ? `: ${plain(entry.reason)}` : ''}${withoutWords(entry.missing)}`;
    case 'arrived':
      return `arrived at ${plain(entry.step)}`;
    case 'intent':
      return `**${plain(entry.step)}** on ${plain(entry.on)}: ${code(entry.command)}`;
    case 'outcome':
      return `${entry.how}${entry.code === null ? '' : ` with ${entry.code}`}${entry.why ? `: ${plain(entry.why)}` : ''}${entry.output ? ` ${code(entry.output)}` : ''}`;
    case 'verified':
      return `${plain(entry.step)}: ${entry.already ? 'found done already' : 'verified'}${entry.because.length > 0 ? `: ${plain(entry.because.join('; '))}` : ''}`;
    case 'not-verified':
      return `${plain(entry.step)}: NOT verified: ${plain(entry.why)}`;
    case 'uncertain':
      return `${plain(entry.step)}: UNCERTAIN: ${plain(entry.why)}`;
    case 'said':
      return `${plain(entry.step)}: said by hand: ${plain(entry.words)}`;
    case 'acknowledged':
      return `${plain(entry.step)}: warning ${plain(entry.check)} acknowledged: ${plain(entry.reason)}`;
    case 'override':
      return `${plain(entry.step)}: check ${plain(entry.check)} OVERRIDDEN: ${plain(entry.reason)}`;
    case 'skipped':
      return `${plain(entry.step)}: skipped: ${plain(entry.reason)}`;
    case 'lock':
      return `lock ${plain(entry.state)}${entry.why ? `: ${plain(entry.why)}` : ''}`;
    case 'closed':
      return `Closed: ${entry.how}`;
  }
};

/** One maintenance as Markdown for a ticket; empty where the entries open none. */
export const markdownOf = (entries: readonly JournalEntry[]): string => {
  const history = replay(entries);
  if (history === null) return '';
  const { opened, end } = history;
  return [
    `# ${plain(opened.procedure)} ${plain(opened.target ?? '(all peers)')} on ${plain(opened.cluster)}: ${end === 'open' ? 'not closed' : end}`,
    '',
    `Maintenance ${code(opened.run)}, members ${plain(opened.members.join(' '))}, weave-console ${plain(opened.version)}.`,
    '',
    ...entries.map((entry) => `- ${entry.at} ${sentence(entry)}`),
    '',
  ].join('\n');
};
