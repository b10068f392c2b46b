import { StringDecoder } from 'node:string_decoder';

/** Cuts bytes into lines without their line ends. A line longer than `most` characters loses its rest. */
export const lineReader = (onLine: (line: string) => void, most: number) => {
  const decoder = new StringDecoder('utf8');
  let line = '';
  const take = (text: string): void => {
    if (line.length < most) line += text.slice(0, most - line.length);
  };
  return {
    add: (bytes: Buffer): void => {
      const [first = '', ...next] = decoder.write(bytes).split('\n');
      take(first);
      for (const text of next) {
        const whole = line;
        line = '';
        take(text);
        onLine(whole);
      }
    },
    /** Nothing more comes: a last line without its end is one, too. */
    end: (): void => {
      take(decoder.end());
      if (line !== '') onLine(line);
      line = '';
    },
  };
};
