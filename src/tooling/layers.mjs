/**
 * The folders of code, lowest first: whose files, and which packages, the files of each may import. `**` stands for a folder with all
 * folders below. A row names earlier rows only, so no two folders import each other, not even types. `npm run lint` enforces it.
 *
 * `importedBy`: the only folders that may import this one, whatever their own rows say.
 *
 * @typedef {{ readonly folders: readonly string[], readonly packages: readonly string[], readonly importedBy?: readonly string[] }} Layer
 * @typedef {Readonly<Record<string, Layer>>} Layers
 */

const CORE = 'src/core/**';
/** For code that touches the world: every package, and all of Node.js. */
const ANY = ['**'];

/** @type {Layers} */
export const LAYERS = {
  // Pure: the evidence, and what follows from it.
  'src/core/values': { folders: [], packages: ['node:util', 'zod/mini'] },
  'src/core/dialects': { folders: ['src/core/values'], packages: [] },
  'src/core/model': { folders: ['src/core/values'], packages: ['zod/mini'] },
  'src/core/judge/settings': { folders: ['src/core/values', 'src/core/dialects', 'src/core/model'], packages: [] },
  'src/core/judge/traffic': { folders: ['src/core/values', 'src/core/model', 'src/core/judge/settings'], packages: [] },
  'src/core/judge': {
    folders: [
      'src/core/values',
      'src/core/dialects',
      'src/core/model',
      'src/core/judge/settings',
      'src/core/judge/traffic',
    ],
    packages: [],
  },
  'src/core/words': { folders: ['src/core/values', 'src/core/model', 'src/core/judge/**'], packages: [] },
  'src/core/diagnose': { folders: ['src/core/model', 'src/core/judge/**', 'src/core/words'], packages: [] },
  'src/core/verdict': {
    folders: ['src/core/values', 'src/core/dialects', 'src/core/model', 'src/core/judge/**', 'src/core/words'],
    packages: [],
  },
  'src/core/compare': {
    folders: ['src/core/values', 'src/core/model', 'src/core/judge/**', 'src/core/words'],
    packages: [],
  },
  'src/core': {
    folders: ['src/core/values', 'src/core/model', 'src/core/judge/**', 'src/core/words', 'src/core/diagnose'],
    packages: [],
  },
  'src/causes': { folders: [CORE], packages: [] },
  checks: { folders: [CORE], packages: [] },
  'src/catalog': { folders: [CORE], packages: ['yaml'] },

  // Pure: files for existing engines.
  'src/bridge': { folders: [CORE], packages: [] },
  'src/bridge/engines': { folders: [CORE, 'src/bridge'], packages: [] },
  'src/bridge/plan': { folders: [CORE, 'src/catalog', 'src/bridge', 'src/bridge/engines'], packages: [] },

  // Pure: bytes and lines in, values out.
  'src/parse': { folders: [CORE], packages: [] },
  'src/parse/proc': { folders: [CORE], packages: [] },
  'src/parse/settings': { folders: [CORE], packages: ['yaml'] },
  'src/parse/pms-log': { folders: [CORE], packages: [] },
  'src/parse/pms': { folders: [CORE, 'src/parse/pms-log'], packages: [] },
  'src/parse/packet': { folders: [CORE], packages: [] },
  'src/parse/trace': { folders: [CORE, 'src/parse/packet'], packages: [] },
  'src/parse/client-hello': { folders: [CORE], packages: [] },
  'src/parse/quic': { folders: [CORE, 'src/parse/client-hello'], packages: ['node:crypto'] },
  'src/parse/capture': {
    folders: [CORE, 'src/parse', 'src/parse/packet', 'src/parse/client-hello', 'src/parse/quic'],
    packages: ['node:crypto'],
  },
  'src/parse/envelope': { folders: [CORE], packages: [] },
  'src/parse/access-log': { folders: [CORE], packages: [] },
  'src/parse/access-log/squid/format': { folders: [CORE, 'src/parse/access-log'], packages: [] },
  'src/parse/access-log/squid/fast': {
    folders: [CORE, 'src/parse/access-log', 'src/parse/access-log/squid/format'],
    packages: [],
    importedBy: ['src/parse/access-log/squid'],
  },
  'src/parse/access-log/squid': {
    folders: [CORE, 'src/parse/access-log', 'src/parse/access-log/squid/format', 'src/parse/access-log/squid/fast'],
    packages: [],
  },

  // The only code of a run that touches the world.
  'src/gather/system': { folders: [CORE, 'src/parse/**'], packages: ANY },
  'src/gather/flows': { folders: [CORE, 'src/parse/**'], packages: ANY },
  'src/gather/probe/wire': { folders: [CORE, 'src/parse/**', 'src/gather/system'], packages: ANY },
  'src/gather/probe': { folders: [CORE, 'src/parse/**', 'src/gather/system', 'src/gather/probe/wire'], packages: ANY },
  'src/gather/vantage': {
    folders: [CORE, 'src/parse/**', 'src/gather/system', 'src/gather/probe/**'],
    packages: ANY,
  },
  'src/gather/bridge': {
    folders: [CORE, 'src/parse/**', 'src/bridge', 'src/gather/system', 'src/gather/probe/**', 'src/gather/vantage'],
    packages: ANY,
  },
  'src/gather/pms': { folders: [CORE, 'src/parse/**', 'src/gather/system'], packages: ANY },
  'src/gather/pms/api': {
    folders: [CORE, 'src/parse/**', 'src/gather/system', 'src/gather/probe/**', 'src/gather/pms'],
    packages: ANY,
  },
  'src/gather/settings': {
    folders: [CORE, 'src/parse/**', 'src/gather/system', 'src/gather/probe/**', 'src/gather/pms'],
    packages: ANY,
  },
  'src/gather/observe/processes': {
    folders: [CORE, 'src/parse/**', 'src/gather/system', 'src/gather/pms', 'src/gather/settings'],
    packages: ANY,
  },
  'src/gather/observe/capture': { folders: [CORE, 'src/parse/**'], packages: ANY },
  'src/gather/observe/sockets': {
    folders: [CORE, 'src/parse/**', 'src/gather/system', 'src/gather/observe/processes'],
    packages: ANY,
  },
  'src/gather/observe/trace': {
    folders: [CORE, 'src/parse/**', 'src/gather/system', 'src/gather/observe/processes'],
    packages: ANY,
  },
  'src/gather/observe': {
    folders: [
      CORE,
      'src/parse/**',
      'src/gather/system',
      'src/gather/flows',
      'src/gather/pms',
      'src/gather/settings',
      'src/gather/observe/processes',
      'src/gather/observe/capture',
      'src/gather/observe/sockets',
      'src/gather/observe/trace',
    ],
    packages: ANY,
  },
  'src/gather/files/open': { folders: [CORE, 'src/gather/system'], packages: ANY },
  'src/gather/files/join': { folders: [CORE, 'src/parse/**', 'src/gather/flows'], packages: ANY },
  'src/gather/files/kinds': {
    folders: [CORE, 'src/parse/**', 'src/gather/flows', 'src/gather/files/open', 'src/gather/files/join'],
    packages: ANY,
  },
  'src/gather/files': {
    folders: [
      CORE,
      'src/parse/**',
      'src/gather/flows',
      'src/gather/files/open',
      'src/gather/files/join',
      'src/gather/files/kinds',
    ],
    packages: ANY,
  },
  'src/gather/experiment': {
    folders: [
      CORE,
      'src/parse/**',
      'src/gather/system',
      'src/gather/flows',
      'src/gather/pms/api',
      'src/gather/files/join',
      'src/gather/files/kinds',
      'src/gather/files',
    ],
    packages: ANY,
  },
  'src/gather': { folders: [CORE, 'src/gather/probe/**'], packages: ANY },

  // Pure: what may leave the machine, and how it looks.
  'src/sanitize/values': { folders: [CORE], packages: [] },
  'src/sanitize/rules': { folders: [CORE, 'src/sanitize/values'], packages: [] },
  'src/sanitize': { folders: [CORE, 'src/sanitize/values', 'src/sanitize/rules'], packages: ['zod/mini'] },
  'src/sanitize/lines': { folders: [CORE, 'src/sanitize/values', 'src/sanitize'], packages: [] },
  'src/report/blocks': { folders: [CORE], packages: [] },
  'src/report/view/traffic': { folders: [CORE, 'src/report/blocks'], packages: [] },
  'src/report/view/endpoints': { folders: [CORE, 'src/report/blocks'], packages: [] },
  'src/report/view': {
    folders: [CORE, 'src/report/blocks', 'src/report/view/traffic', 'src/report/view/endpoints'],
    packages: [],
  },
  'src/report/comparison': { folders: [CORE, 'src/report/blocks', 'src/report/view/**'], packages: [] },
  'src/report/text': {
    folders: [CORE, 'src/report/blocks', 'src/report/view/**'],
    packages: ['node:util', 'string-width'],
  },
  'src/report/markdown': { folders: [CORE, 'src/report/blocks', 'src/report/view/**'], packages: [] },
  'src/report/html': { folders: [CORE, 'src/report/blocks', 'src/report/view/**'], packages: ['node:crypto'] },
  'src/report': {
    folders: [
      CORE,
      'src/report/blocks',
      'src/report/view/**',
      'src/report/comparison',
      'src/report/text',
      'src/report/markdown',
      'src/report/html',
    ],
    packages: [],
  },

  // Pure: names as configuration of filters.
  'src/allow': { folders: [CORE, 'src/catalog'], packages: [] },
  'src/allow/targets': { folders: [CORE, 'src/allow'], packages: [] },
  'src/allow/collateral': { folders: [CORE, 'src/allow'], packages: ['zod/mini'] },
  'src/allow/learn': { folders: [CORE, 'src/catalog', 'src/allow'], packages: ['zod/mini'] },
  'src/fix': { folders: [CORE, 'src/catalog', 'src/allow', 'src/allow/targets'], packages: [] },

  // Programs.
  'src/demo/system': { folders: [CORE], packages: ANY },
  'src/demo/outside': { folders: [CORE, 'src/parse/**', 'src/catalog', 'src/demo/system'], packages: ANY },
  'src/demo/pms': { folders: [CORE, 'src/demo/system'], packages: ANY },
  'src/demo': { folders: [CORE, 'src/demo/system', 'src/demo/outside', 'src/demo/pms'], packages: ANY },
  'src/app': {
    folders: [CORE, 'src/causes', 'checks', 'src/catalog', 'src/gather/**', 'src/sanitize/**', 'src/report/**'],
    packages: ANY,
  },
  'src/app/compare': {
    folders: [CORE, 'src/causes', 'checks', 'src/catalog', 'src/sanitize/**', 'src/report/**', 'src/app'],
    packages: ANY,
  },
  'src/app/live': { folders: [CORE, 'src/catalog', 'src/gather/**', 'src/app'], packages: ANY },
  'src/app/bridge': {
    folders: [
      CORE,
      'src/causes',
      'checks',
      'src/catalog',
      'src/bridge/**',
      'src/gather/**',
      'src/sanitize/**',
      'src/report/**',
      'src/app',
      'src/app/live',
      'src/app/compare',
    ],
    packages: ANY,
  },
  'src/app/allow': {
    folders: [
      CORE,
      'src/catalog',
      'src/gather/**',
      'src/sanitize/**',
      'src/report/**',
      'src/allow/**',
      'src/app',
      'src/app/compare',
    ],
    packages: ANY,
  },
  'src/app/fix': {
    folders: [
      CORE,
      'src/causes',
      'src/bridge',
      'src/fix',
      'src/app',
      'src/app/live',
      'src/app/bridge',
      'src/app/compare',
    ],
    packages: ANY,
  },
  'src/app/sanitize': {
    folders: [CORE, 'src/catalog', 'src/gather/**', 'src/sanitize/**', 'src/app'],
    packages: ANY,
  },
  'src/cli/help': { folders: [CORE], packages: [] },
  'src/cli/options': { folders: [CORE, 'src/app', 'src/gather/pms/api', 'src/report', 'src/cli/help'], packages: ANY },
  'src/cli/commands': {
    folders: [
      CORE,
      'src/causes',
      'checks',
      'src/app',
      'src/app/live',
      'src/app/live',
      'src/app/bridge',
      'src/app/compare',
      'src/app/fix',
      'src/app/allow',
      'src/app/sanitize',
      'src/allow',
      'src/allow/targets',
      'src/bridge',
      'src/report',
      'src/demo',
      'src/demo/system',
      'src/cli/help',
      'src/cli/options',
    ],
    packages: ANY,
  },
  'src/cli': { folders: [CORE, 'src/app', 'src/cli/help', 'src/cli/options', 'src/cli/commands'], packages: ANY },
  'src/tooling': {
    folders: [
      CORE,
      'src/catalog',
      'src/gather/**',
      'src/report',
      'src/cli/help',
      'src/cli/options',
      'src/cli/commands',
    ],
    packages: ANY,
  },
};
