import { execFileSync } from 'node:child_process';

const BUILT = 'PMS_DOCTOR_BUILT';

/** The tests of the command line run the built file, so it is built once before them, unless whoever starts them has built it. */
export default function setup(): void {
  if (process.env[BUILT] === '1') return;
  execFileSync(process.execPath, ['src/tooling/build.mjs'], { stdio: 'inherit' });
  process.env[BUILT] = '1';
}
