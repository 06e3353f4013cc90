import { concat, extension, serverNames, tlsHello, vector } from '../hello-builder.ts';
import { type Surprise, surprise, latin1, hello, talk } from './surprise.ts';

/** Odd things in the place of the name. */
export const NAMES: readonly Surprise[] = [
  surprise('trailing dot', talk(443, ['client', hello('plex.tv.')]), ['plex.tv.']),
  surprise('underscore', talk(443, ['client', hello('a_b.plex.tv')]), ['a_b.plex.tv']),
  surprise('upper case', talk(443, ['client', hello('PLEX.TV')]), ['PLEX.TV']),
  surprise('one label', talk(443, ['client', hello('localhost')]), ['localhost']),
  surprise('UTF-8', talk(443, ['client', hello('pl\u00e9x.tv')]), [String.raw`pl\xc3\xa9x.tv`]),
  surprise('1,000 bytes', talk(443, ['client', hello('a'.repeat(1000))]), [`${'a'.repeat(255)}…`]),
  surprise('empty label', talk(443, ['client', hello('plex..tv')]), ['plex..tv']),
  surprise('space', talk(443, ['client', hello('plex tv')]), [String.raw`plex\x20tv`]),
  surprise('slash', talk(443, ['client', hello('https://plex.tv/')]), ['https://plex.tv/']),
  surprise('port', talk(443, ['client', hello('plex.tv:443')]), ['plex.tv:443']),
  surprise('comma', talk(443, ['client', hello('plex,tv')]), ['plex,tv']),
  surprise('star', talk(443, ['client', hello('*.plex.tv')]), ['*.plex.tv']),
  surprise('NUL', talk(443, ['client', hello('plex\0.tv')]), [String.raw`plex\x00.tv`]),
  surprise('control', talk(443, ['client', hello('pl\x1bex.tv')]), [String.raw`pl\x1bex.tv`]),
  surprise('IPv4', talk(443, ['client', hello('192.0.2.1')]), ['192.0.2.1']),
  surprise('IPv6', talk(443, ['client', hello('2001:db8::1')]), ['2001:db8::1']),
  surprise('bracketed IPv6', talk(443, ['client', hello('[2001:db8::1]')]), ['2001:db8::1']),
  surprise('empty name', talk(443, ['client', hello('')]), []),
  surprise('empty extension', talk(443, ['client', tlsHello({ name: null, extensions: [extension(0)] })]), []),
  surprise('type 1 name', talk(443, ['client', tlsHello({ name: null, extensions: [serverNames([1, 'other'])] })]), []),
  surprise(
    'two names',
    talk(443, ['client', tlsHello({ name: null, extensions: [serverNames('plex.tv', 'app.plex.tv')] })]),
    ['plex.tv'],
  ),
  surprise(
    'name and another type',
    talk(443, ['client', tlsHello({ name: null, extensions: [serverNames([7, 'xyz'], 'plex.tv')] })]),
    ['plex.tv'],
  ),
  surprise(
    'list length lies',
    talk(443, [
      'client',
      tlsHello({ name: null, extensions: [extension(0, concat([0, 20, 0], vector(2, latin1('plex.tv'))))] }),
    ]),
    ['plex.tv'],
  ),
  surprise(
    'two server_name extensions',
    talk(443, ['client', tlsHello({ extensions: [serverNames('app.plex.tv')] })]),
    ['plex.tv'],
  ),
];
