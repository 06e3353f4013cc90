/** `the environment of pid 812` for `pid:812`: where settings came from, for people. */
export function sourceWords(source: string): string {
  const [kind = '', ...rest] = source.split(':');
  return (PLACES[kind] ?? (() => source))(rest.join(':'));
}

const PLACES: Readonly<Record<string, (name: string) => string>> = {
  pid: (name) => `the environment of pid ${name}`,
  unit: (name) => `the unit ${name}`,
  container: (name) => `the container ${name}`,
  file: (name) => `the file ${name}`,
  shell: () => "this shell's environment",
  option: () => 'the command line',
};
