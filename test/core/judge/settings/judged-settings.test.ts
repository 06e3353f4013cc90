import { describe, expect, it } from 'vitest';
import addressSuffixEntry from '../../../../checks/address-suffix-entry.ts';
import bareNameEntry from '../../../../checks/bare-name-entry.ts';
import cidrEntry from '../../../../checks/cidr-entry.ts';
import emptyVariable from '../../../../checks/empty-variable.ts';
import ipv6LoopbackSpelling from '../../../../checks/ipv6-loopback-spelling.ts';
import javaIgnoresVariables from '../../../../checks/java-ignores-variables.ts';
import leadingDotEntry from '../../../../checks/leading-dot-entry.ts';
import loopbackNameOnly from '../../../../checks/loopback-name-only.ts';
import mixedCaseVariables from '../../../../checks/mixed-case-variables.ts';
import portEntry from '../../../../checks/port-entry.ts';
import portlessProxy from '../../../../checks/portless-proxy.ts';
import refusedProxyValue from '../../../../checks/refused-proxy-value.ts';
import schemelessProxy from '../../../../checks/schemeless-proxy.ts';
import spaceSeparatedList from '../../../../checks/space-separated-list.ts';
import uppercaseHttpProxy from '../../../../checks/uppercase-http-proxy.ts';
import wildcardEntry from '../../../../checks/wildcard-entry.ts';
import {
  entriesMeant,
  excludes,
  judgedList,
  judgedVariables,
  proxyVariables,
  quoted,
} from '../../../../src/core/judge/settings/judged-settings.ts';
import { failed, type Settings } from '../../../../src/core/model/evidence.ts';
import { factsFixture, source } from '../../../support/fixtures/facts.ts';

const TRAPS = [
  addressSuffixEntry,
  bareNameEntry,
  cidrEntry,
  emptyVariable,
  ipv6LoopbackSpelling,
  javaIgnoresVariables,
  leadingDotEntry,
  loopbackNameOnly,
  mixedCaseVariables,
  portEntry,
  portlessProxy,
  refusedProxyValue,
  schemelessProxy,
  spaceSeparatedList,
  uppercaseHttpProxy,
  wildcardEntry,
];

const PROXY = 'http://proxy.int.example:3128';

describe('a healthy configuration', () => {
  it.each([
    { http_proxy: PROXY, https_proxy: PROXY, no_proxy: 'localhost,127.0.0.1,::1,.int.example' },
    { http_proxy: PROXY, https_proxy: PROXY, no_proxy: 'localhost,127.0.0.1,192.168.0.0/16,int.example' },
    { http_proxy: PROXY, https_proxy: PROXY, HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY, no_proxy: 'localhost, 127.0.0.1' },
    {},
  ])('warns of nothing: %o', (variables) => {
    const facts = factsFixture({ variables, pmsDialect: 'curl-8.9' });
    const findings = TRAPS.flatMap((check) => check.run(facts));
    expect(findings.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable')).toEqual([]);
  });
});

describe('what the traps look at', () => {
  function settings(variables: Readonly<Record<string, string>>): Settings {
    return { used: 'shell', basis: 'assumed', why: 'test', sources: [source('shell', 'shell', variables)] };
  }

  it.each([
    [{ no_proxy: 'a', NO_PROXY: 'b' }, 'no_proxy'],
    [{ no_proxy: '', NO_PROXY: 'b' }, 'NO_PROXY'],
    [{ no_proxy: '' }, undefined],
    [{}, undefined],
  ])('the list of %o is %s', (variables, name) => {
    expect(judgedList(settings(variables))?.name).toBe(name);
  });

  it('a proxy is named in any spelling, but not by an empty variable', () => {
    const variables = { Http_Proxy: PROXY, https_proxy: '', ALL_PROXY: PROXY, no_proxy: 'a', ftp_proxy: PROXY };
    expect(proxyVariables(settings(variables)).map(({ name }) => name)).toEqual(['Http_Proxy', 'ALL_PROXY']);
  });

  it('variables that could not be read are none', () => {
    const unread = { ...source('pid:1', 'process', {}), variables: failed('EACCES', 'no right to read it') };
    expect(judgedVariables({ used: 'pid:1', basis: 'observed', why: 'test', sources: [unread] })).toEqual([]);
    expect(judgedVariables({ used: 'gone', basis: 'observed', why: 'test', sources: [unread] })).toEqual([]);
  });

  it.each([
    ['a, b c;d|e\tf\ng,,', ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
    ['', []],
  ])('the entries meant by %j', (list, entries) => {
    expect(entriesMeant(list)).toEqual(entries);
  });

  it('excludes asks the dialect', () => {
    expect(excludes('curl-8.9', '*.x.test', 'a.x.test')).toBe(false);
    expect(excludes('node-fetch', '*.x.test', 'a.x.test')).toBe(true);
  });

  it('long enumerations are cut', () => {
    expect(quoted(['a', 'b'])).toBe('"a", "b"');
    expect(quoted(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('"a", "b", "c", "d", "e" and 2 more');
  });
});
