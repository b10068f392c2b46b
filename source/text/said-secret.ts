const ACCOUNT = /:\/\/[^\s/@]+@/g;
const NAMED =
  /((?:passw(?:or)?d|passphrase|secret|credential)[\w-]*["']?\s*[=:]\s*|--?(?:[\w-]*passw(?:or)?d|passphrase|[\w-]*secret|token)(?:\s+|=)).*$/i;

/**
 * A line that a remote command printed, without what looks like a secret in it: what follows a word for one, and the
 * account of a URL. What prints there should know no secret; this is for a script that somebody changed, or that says what it runs.
 */
export const withoutSecrets = (line: string): string =>
  line.replace(ACCOUNT, '://(removed)@').replace(NAMED, '$1(removed)');
