import { inspect } from 'node:util';
import type { Variables } from './variables.ts';
import { maskUserinfo } from './secret.ts';

/**
 * Proxy variables as a process has them, credentials included. Every way of printing them is masked;
 * {@link SecretVariables.reveal} is called only to decide about routes and to open connections to the proxy.
 */
export class SecretVariables {
  readonly #values: Variables;

  constructor(values: Variables) {
    this.#values = { ...values };
  }

  /** Names and whole values. */
  reveal(): Variables {
    return this.#values;
  }

  /** Names and values, user information masked. */
  masked(): Variables {
    return Object.fromEntries(Object.entries(this.#values).map(([name, value]) => [name, maskUserinfo(value)]));
  }

  toString(): string {
    return Object.entries(this.masked())
      .map(([name, value]) => `${name}=${value}`)
      .join(' ');
  }
  toJSON(): Variables {
    return this.masked();
  }
  [inspect.custom](): string {
    return `SecretVariables(${this.toString()})`;
  }
}
