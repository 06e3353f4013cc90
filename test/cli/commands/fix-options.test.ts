import { describe, expect, it } from 'vitest';
import { FIX } from '../../../src/cli/commands/fix.ts';
import { tellUsage } from '../../../src/cli/misuse.ts';

describe('fix', () => {
  it.each(['format', 'all', 'verbose', 'raw', 'force', 'expect', 'save-evidence', 'from-evidence'])(
    'neither lists nor takes --%s, which only a report needs',
    (name) => {
      expect(Object.keys({ ...FIX.own, ...FIX.shared })).not.toContain(name);
      expect(tellUsage(`Unknown argument: ${name}`, FIX)).toMatch(
        new RegExp(`^fix: --${name} belongs to .*; (?:leave it out|give the saved evidence to --from-report)`),
      );
    },
  );
});
