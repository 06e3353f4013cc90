import { expect, it } from 'vitest';
import pfsense from '../../../src/allow/targets/pfsense.ts';
import { familyOf } from '../../../src/core/values/address.ts';
import { assertAccepted, listOf, own, textOf } from '../../support/allow/lists.ts';

it('has a host and a description that the import takes on each line', () => {
  const list = listOf([own('a.example', { purpose: `|${'x'.repeat(300)}` }), own('*.b.example'), own('203.0.113.5')]);
  const lines = textOf(pfsense, list).trim().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['a.example', '203.0.113.5']);
  for (const line of lines) {
    expect(line).not.toContain('|');
    expect(line.slice(line.indexOf(' ') + 1).length).toBeLessThan(200);
  }
});

it('says that it holds no pattern', () => {
  const { notIn } = pfsense.draw(listOf([own('*.b.example')]), { sni: false });
  expect(notIn).toMatchObject([{ host: '*.b.example' }]);
});

/** firewall_aliases_import.php and is_hostname of pfsense/pfsense at 9363ac5b. */
function refused(text: string): readonly string[] {
  const label = '(?:[a-z_0-9]|[a-z_0-9][a-z_0-9-]*[a-z_0-9])';
  const name = new RegExp(`^(?:${label}\\.)*${label}$`, 'i');
  return text.split('\n').filter((line) => {
    const [host = '', ...words] = line.trim().split(' ');
    const description = words.join(' ').trim();
    const isDescribed = Buffer.byteLength(description) < 200 && !/\|\||^\||\|$/.test(description);
    return !isDescribed || !(host === '' || familyOf(host) !== null || name.test(host));
  });
}

it('is what its import takes', () => {
  assertAccepted(pfsense, refused);
  expect(refused(`a.example ${'ü'.repeat(150)}`)).toHaveLength(1);
  expect(refused('*.a.example all below')).toHaveLength(1);
});
