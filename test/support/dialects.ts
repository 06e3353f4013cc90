import type { Dialect, Target } from '../../src/core/dialects/dialect.ts';

export const HTTP: Target = { scheme: 'http', host: 'example.com', port: 80 };
export const HTTPS: Target = { scheme: 'https', host: 'example.com', port: 443 };

/** Does the client go around the proxy to this URL with this no_proxy? */
export function isDirect(dialect: Dialect, list: string, url: string): boolean {
  const { hostname, port } = new URL(url);
  const target = { scheme: 'http', host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 80 } as const;
  return dialect.decide({ http_proxy: 'http://127.0.0.1:3128', no_proxy: list }, target).route === 'direct';
}
