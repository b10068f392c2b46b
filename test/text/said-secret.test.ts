import { expect, it } from 'vitest';
import { withoutSecrets } from '../../source/text/said-secret.ts';

it.each([
  ['+ WEAVE_PASSWORD=hunter2', '+ WEAVE_PASSWORD=(removed)'],
  ["+ WEAVE_PASSWORD='hun ter2'", '+ WEAVE_PASSWORD=(removed)'],
  ['{"password": "hunter2"}', '{"password": (removed)'],
  ['docker run --password hunter2 weave', 'docker run --password (removed)'],
  ['weave launch --password=hunter2', 'weave launch --password=(removed)'],
  ['weave launch --token hunter2 a', 'weave launch --token (removed)'],
  ['get http://ann:hunter2@proxy:3128/ failed', 'get http://(removed)@proxy:3128/ failed'],
  ['Passphrase: hunter2', 'Passphrase: (removed)'],
])('what looks like a secret is cut out of %j', (line, wanted) => {
  expect(withoutSecrets(line)).toBe(wanted);
});

it.each([
  '65536 IPs taken over from 82:93:65:46:db:ca',
  'INFO: ->[10.0.0.1:6783] error: password specified, but peer requested an unencrypted connection',
  'Expired token 10.32.0.0 at http://10.0.0.1:6784/ip',
  '',
])('%j stays as it is', (line) => {
  expect(withoutSecrets(line)).toBe(line);
});
