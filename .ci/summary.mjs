// Adds up the test runs and prints the one line that ends `.ci/run`.
import { readFileSync } from 'node:fs';

const [other = '0', ...files] = process.argv.slice(2).toReversed();
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of files) {
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, success } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  total.passed += numPassedTests;
  total.failed += numFailedTests || (success ? 0 : Math.max(1, numFailedTestSuites));
  total.skipped += numPendingTests;
}
if (other !== '0' && total.failed === 0) console.log('A step other than the tests failed, see above.');
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
