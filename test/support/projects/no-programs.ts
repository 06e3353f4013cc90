import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { forbid } from './forbid.ts';

// spawn, exec, execFile and fork all end here; the synchronous ones have no method in common.
forbid(childProcess.ChildProcess.prototype, ['spawn'], 'system');
forbid(childProcess, ['spawnSync', 'execSync', 'execFileSync'], 'system');
syncBuiltinESMExports();
