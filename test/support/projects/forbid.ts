/** Makes methods throw, so that a test in the wrong project fails with the name of the right one. */
export function forbid(owner: object, methods: readonly string[], project: 'sockets' | 'system'): void {
  for (const method of methods) {
    const value = (): never => {
      throw new Error(`this project has no ${method}(): name the file *.${project}.test.ts, see test/README.md`);
    };
    Object.defineProperty(owner, method, { configurable: true, writable: true, value });
  }
}
