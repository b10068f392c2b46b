import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';

/**
 * A name that nobody else ever makes: letters, digits and dashes. Its first six characters are chance, because they are
 * what a person types to take over a lock; the time in it is for people.
 */
export const newName = (): string => {
  const time = new Date()
    .toISOString()
    .replace(/[-:]|\.\d+Z/g, '')
    .replace('T', '-');
  return `${randomBytes(3).toString('hex')}-${time}-${randomBytes(2).toString('hex')}`;
};

/** The person at this machine. */
export const me = (): { readonly who: string; readonly host: string } => ({
  who: userInfo().username,
  host: hostname(),
});
