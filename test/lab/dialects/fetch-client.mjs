// Runs one case at a time with fetch through undici's EnvHttpProxyAgent: a JSON line in, a JSON line out.
// Argument: the file of undici.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { EnvHttpProxyAgent, fetch } = await import(pathToFileURL(process.argv[2]).href);

async function request(url, env) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  const dispatcher = new EnvHttpProxyAgent({ connect: { rejectUnauthorized: false } });
  try {
    await fetch(url, { dispatcher, redirect: 'manual', signal: AbortSignal.timeout(1000) });
  } finally {
    await dispatcher.destroy();
  }
}

process.removeAllListeners('warning');
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { url, env } = JSON.parse(line);
  let error = null;
  try {
    await request(url, env);
  } catch (problem) {
    error = `${problem.name}: ${problem.message}: ${problem.cause?.message ?? ''}`;
  }
  console.log(JSON.stringify({ error }));
}
