import ssh2 from 'ssh2';

/** A fresh ed25519 key pair: the private key in OpenSSH's format, the public one as in authorized_keys. */
export type KeyPair = { readonly private: string; readonly public: string };

export const newKey = (comment: string): KeyPair => {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    // ssh2 1.17 cuts leading zeros off: one key in some hundreds is malformed.
    const readable = [pair.private, pair.public].every(
      (text) => !(ssh2.utils.parseKey(text) instanceof Error),
    );
    if (readable) return { private: pair.private, public: pair.public };
  }
};

/** `ssh-ed25519 AAAA...` without the comment, for a known_hosts line. */
export const withoutComment = (publicKey: string): string => publicKey.split(' ').slice(0, 2).join(' ');
