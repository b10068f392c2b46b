import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { newKey, withoutComment } from '../../source/demo/keys.ts';

describe('a fresh key', () => {
  it('can always be read, though ssh2 makes one in some hundreds that can not', () => {
    for (let made = 0; made < 1500; made++) {
      const { private: secret, public: open } = newKey('demo');
      expect(ssh2.utils.parseKey(secret)).not.toBeInstanceOf(Error);
      expect(ssh2.utils.parseKey(open)).not.toBeInstanceOf(Error);
    }
  });

  it('goes into known_hosts without its comment', () => {
    expect(withoutComment('ssh-ed25519 AAAA demo')).toBe('ssh-ed25519 AAAA');
  });
});
