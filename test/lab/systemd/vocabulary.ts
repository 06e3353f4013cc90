/** The parts of the trees: common settings, and those that systemd reads in a way of its own. */

/** Names that the environments are compared by. */
export const COMPARED = ['A', 'B', 'http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'all_proxy'];

/** All but /run/systemd/transient, which systemd empties at boot. */
export const UNIT_FOLDERS = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/run/systemd/generator.late',
];
/** Most files are in one of these. */
export const USUAL_FOLDERS = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system'];
/** Before version 254, `system.conf` itself counts in the first one only. */
export const MANAGER_FOLDERS = ['/etc/systemd', '/run/systemd', '/usr/local/lib/systemd'];

export const PREFIXES = [
  'plexmediaserver',
  'plex-media-server',
  'plex--media',
  'plex-',
  'a-b-c',
  'under_score',
  'dot.ted',
];
export const INSTANCES = ['one', 'a-b', 'a\\x2db', 'x@y', 'two.three'];
export const DROP_INS = [
  '10-a.conf',
  '10-a.conf',
  '20-b.conf',
  'B.conf',
  'a.conf',
  '.hidden.conf',
  'x.conf.bak',
  'y.conf~',
  'z.CONF',
  'noextension',
  'sp ace.conf',
  'é.conf',
  '-.conf',
  'x.conf.dpkg-old',
  'x.dpkg-old.conf',
];

/** Of what a manager passes on, the tool follows these alone. */
export const PROXY_NAMES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'all_proxy'];
export const NAMES = ['A', 'A', 'B', ...PROXY_NAMES];
export const BAD_NAMES = ['1A', 'A-B', 'é', '', 'A B', 'export A', 'A.B', '"A', 'PATH-'];
export const VALUES = [
  '1',
  '2',
  'http://127.0.0.1:3128',
  'http://u:p%40w@proxy:3128',
  'localhost,127.0.0.1',
  '',
  'a=b',
  '*',
  'é',
  '$A',
  '${A}',
  ';',
  '#x',
  '"q"',
  "'q'",
  '\u00a0',
];
export const SPECIFIERS = Array.from('nNpPiIjJfdhuUgGtTSCLEVHmbvlscrRyYaAqBoMWw%z2 é.-', (letter) => `%${letter}`);
export const ESCAPES = [
  '\\x41',
  '\\s',
  '\\n',
  '\\t',
  '\\101',
  '\\u00e9',
  '\\U0001f600',
  '\\\\',
  '\\"',
  "\\'",
  '\\q',
  '\\x4',
  '\\400',
];
export const RARE_ESCAPES = ['\\xff', '\\000', '\\x00', '\\ud800', '\\ufffe', '\\x7f', '\\001', '\\xc3\\xa9'];
export const HEADERS = [
  '[Unit]',
  '[Install]',
  '[X-Plex]',
  '[Foo]',
  '[service]',
  ' [Service] ',
  '[Service]x',
  '[Service',
  '[]',
  '[Ser"vice]',
  '[Manager]',
  '[Timer]',
];
export const ODD_LINES = [
  'http_proxy=http://127.0.0.1:1',
  'export https_proxy=http://127.0.0.1:2',
  'Environment',
  'Environment: A=1',
  '=A=1',
  'environment=A=9',
  'EnvironmentFiles=/etc/x',
  'Environment+=A=8',
  'DefaultEnvironment=A=7',
  'Description=x',
  'User',
  '\ufeffEnvironment=A=bom',
  '\u00a0Environment=A=nbsp',
  '\fEnvironment=A=ff',
  'Environment\f=A=ff',
  'Environment=A=nul\0B=1',
];
