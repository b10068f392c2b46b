import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PROJECTION, projectionPath } from '../../source/commands/report.ts';

it('is the template that a real weave 2.8.1 answered', () => {
  const seen = readFileSync('test/fixtures/traces/16-http/report-projection.template.txt', 'utf8');
  expect(PROJECTION).toBe(seen.trimEnd());
});

it('goes into a request line as one word', () => {
  expect(projectionPath).toMatch(/^\/report\?format=[!-~]+$/);
  expect(new URL(projectionPath, 'http://weave').searchParams.get('format')).toBe(PROJECTION);
});
