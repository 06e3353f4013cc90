import { CATALOGUE, ENDPOINTS_FILE_LIMIT_BYTES, findEndpoints, parseEndpointsFile } from '../catalog/index.ts';
import type { Endpoint } from '../core/model/endpoint.ts';
import { nearest } from '../core/values/nearest.ts';
import { readInput } from './files.ts';
import type { RunOptions } from './run.ts';
import { UsageError } from './usage-error.ts';

/** The catalogue as the user wants it: their file's changes, then their choice. */
export async function loadEndpoints(options: Pick<RunOptions, 'endpoints' | 'only'>): Promise<readonly Endpoint[]> {
  const all = options.endpoints === null ? CATALOGUE : await readEndpoints(options.endpoints);
  const chosen = options.only.flatMap((name) => {
    const found = findEndpoints(name, all);
    if (found.length > 0) return found;
    const near = nearest(
      name,
      all.flatMap((e) => [e.id, e.host]),
    );
    throw new UsageError(
      `--only: no endpoint has the id or host "${name}"${near ? `; did you mean "${near}"?` : '; "endpoints" lists them'}`,
    );
  });
  return options.only.length === 0 ? all : all.filter((e) => chosen.includes(e));
}

async function readEndpoints(path: string): Promise<readonly Endpoint[]> {
  const text = await readInput('endpoints', path, ENDPOINTS_FILE_LIMIT_BYTES);
  const result = parseEndpointsFile(text, path, CATALOGUE);
  if (!result.ok) throw new UsageError(result.problems.join('\n'));
  return result.endpoints;
}
