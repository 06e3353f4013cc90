import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, type Authority } from '../../../src/demo/outside/certificates.ts';

const root = createAuthority('Test Root');
const intermediate = root.issueAuthority('Test Intermediate');

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) console.warn('skipped: openssl is not installed');

describe.skipIf(!openssl)('openssl verify -x509_strict', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[string, Authority, readonly string[]]>([
    ['a leaf of the root', root, ['plex.tv', '192.0.2.1']],
    ['a wildcard leaf of an intermediate', intermediate, ['*.plex.tv']],
  ])('accepts %s', (_, authority, names) => {
    writeFileSync(join(folder, 'root.pem'), root.certificatePem);
    writeFileSync(join(folder, 'leaf.pem'), authority.issue(names).certificatePem);
    const flags = [
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-CAfile',
      'root.pem',
      '-untrusted',
      'leaf.pem',
      'leaf.pem',
    ];
    const run = spawnSync('openssl', ['verify', ...flags], { cwd: folder, encoding: 'utf8' });
    expect(run.stdout + run.stderr).toBe('leaf.pem: OK\n');
  });
});
