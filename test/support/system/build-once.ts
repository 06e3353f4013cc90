import { execFileSync } from 'node:child_process';

/** The tests of the command line run the built file, so it is built once before them. */
export default function setup(): void {
  execFileSync(process.execPath, ['src/tooling/build.mjs'], { stdio: 'inherit' });
}
