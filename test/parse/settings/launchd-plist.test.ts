import { expect, it } from 'vitest';
import { isPlist, parsePlistEnvironment } from '../../../src/parse/settings/launchd-plist.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "x">\n';
const job = (dictionary: string): string =>
  `${HEAD}<plist version="1.0"><dict>\n<key>Label</key><string>tv.plex</string>\n${dictionary}\n</dict></plist>\n`;

it.each<[string, readonly string[]]>([
  [
    '<key>EnvironmentVariables</key>\n<dict>\n<key>https_proxy</key>\n<string>http://u:a&amp;b&#64;c@p:3128</string>\n<key>no_proxy</key><string/></dict>',
    ['https_proxy=http://u:a&b@c@p:3128@7', 'no_proxy=@9'],
  ],
  ['<key>Other</key><dict><key>https_proxy</key><string>x</string></dict>', []],
  ['<!-- <key>EnvironmentVariables</key><dict><key>A</key><string>1</string></dict> -->', []],
  [
    '<key>EnvironmentVariables</key><dict><key>A</key><string>1</string></dict><key>B</key><string>2</string>',
    ['A=1@5'],
  ],
])('%s', (dictionary, expected) => {
  expect(isPlist(job(dictionary))).toBe(true);
  expect(parsePlistEnvironment(job(dictionary)).map((a) => `${a.name}=${a.value}@${a.line}`)).toEqual(expected);
});

it.each(['https_proxy=http://p', '<html></html>', ''])('%j is no property list', (text) => {
  expect(isPlist(text)).toBe(false);
});
