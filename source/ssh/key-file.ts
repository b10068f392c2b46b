import ssh2, { type ParsedKey } from 'ssh2';
import { keyTypeOf } from './known-hosts.ts';
import type { TextFile } from './text-file.ts';

/** A private key file: a key that can be used, or why it can't, with its public half where that can be told. */
export type KeyFile =
  | { readonly kind: 'key'; readonly key: ParsedKey }
  | { readonly kind: 'skipped'; readonly why: string; readonly publicKey: Buffer | null };

const skipped = (why: string, publicKey: Buffer | null = null): KeyFile => ({
  kind: 'skipped',
  why,
  publicKey,
});

/** The cleartext head of OpenSSH's own format (PROTOCOL.key): cipher name and public key. */
const openSshHead = (text: string): { readonly cipher: string; readonly publicKey: Buffer } | null => {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (body === undefined) return null;
  const bytes = Buffer.from(body, 'base64');
  if (bytes.toString('latin1', 0, 15) !== 'openssh-key-v1\0') return null;
  let at = 15;
  const field = (): Buffer => {
    const length = bytes.length >= at + 4 ? bytes.readUInt32BE(at) : 0;
    const value = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  const cipher = field().toString('latin1');
  field();
  field();
  at += 4;
  return { cipher, publicKey: field() };
};

const isEncryptedPem = (text: string): boolean =>
  /Proc-Type: 4,ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY|^Encryption: (?!none)/m.test(text);

/** Reads a private key file. Why a key can't be used is told from the file's own fields. */
export const readKeyFile = (file: TextFile): KeyFile => {
  if ('code' in file) {
    return skipped(file.code === 'ENOENT' ? 'there is no such file' : `it could not be read (${file.code})`);
  }
  const head = openSshHead(file.text);
  const type = head ? keyTypeOf(head.publicKey) : null;
  if (type?.startsWith('sk-'))
    return skipped(`${type} keys (hardware tokens) are not supported`, head?.publicKey);
  if ((head && head.cipher !== 'none') || isEncryptedPem(file.text)) {
    return skipped('it is protected by a passphrase: add it to the agent (ssh-add)', head?.publicKey);
  }
  const parsed = ssh2.utils.parseKey(file.text);
  const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey | undefined) : parsed;
  if (key === undefined || key instanceof Error) {
    return /^(ssh|ecdsa|sk)-\S+-cert-v01@openssh.com /.test(file.text)
      ? skipped('certificates are not supported')
      : skipped('it is not a private key in a format that this program reads');
  }
  return key.isPrivateKey() ? { kind: 'key', key } : skipped('it is a public key');
};
