/**
 * Macros outside of functions that make a file of sysfs, debugfs or proc, or a parameter of a module: which functions
 * they name. A process that reads or writes the file runs them, with no lock of the file's own.
 *
 * Sources: include/linux/{device,sysfs,hwmon-sysfs,seq_file,fs,debugfs,moduleparam}.h, include/linux/iio/sysfs.h.
 */

interface AttributeMacro {
  /** Arguments that are functions. */
  readonly functions: readonly number[];
  /** Argument to which the suffixes are pasted; -1: none. */
  readonly stem: number;
  readonly suffixes: readonly string[];
  /** Name of the variable that the macro defines, with % for the first argument; '' where nobody names it. */
  readonly variable: string;
}

const table = new Map<string, AttributeMacro>();

const given = (names: string, functions: readonly number[], variable = ''): void => {
  for (const name of names.split(' ')) table.set(name, { functions, stem: -1, suffixes: [], variable });
};

const pasted = (names: string, stem: number, suffixes: string, variable = ''): void => {
  for (const name of names.split(' '))
    table.set(name, { functions: [], stem, suffixes: suffixes.split(' '), variable });
};

given('DEVICE_ATTR DEVICE_ATTR_PREALLOC', [2, 3], 'dev_attr_%');
pasted('DEVICE_ATTR_RW DEVICE_ATTR_ADMIN_RW', 0, '_show _store', 'dev_attr_%');
pasted('DEVICE_ATTR_RO DEVICE_ATTR_ADMIN_RO', 0, '_show', 'dev_attr_%');
pasted('DEVICE_ATTR_WO', 0, '_store', 'dev_attr_%');
for (const [kind, variable] of [
  ['DRIVER', 'driver_attr_%'],
  ['BUS', 'bus_attr_%'],
  ['CLASS', 'class_attr_%'],
] as const) {
  pasted(`${kind}_ATTR_RW`, 0, '_show _store', variable);
  pasted(`${kind}_ATTR_RO`, 0, '_show', variable);
  pasted(`${kind}_ATTR_WO`, 0, '_store', variable);
}
given('SENSOR_DEVICE_ATTR SENSOR_DEVICE_ATTR_2 IIO_DEVICE_ATTR', [2, 3]);
pasted('SENSOR_DEVICE_ATTR_RW SENSOR_DEVICE_ATTR_2_RW', 1, '_show _store');
pasted('SENSOR_DEVICE_ATTR_RO SENSOR_DEVICE_ATTR_2_RO', 1, '_show');
pasted('SENSOR_DEVICE_ATTR_WO SENSOR_DEVICE_ATTR_2_WO', 1, '_store');
pasted('DEFINE_SHOW_ATTRIBUTE DEFINE_PROC_SHOW_ATTRIBUTE', 0, '_show', '%_fops');
pasted('DEFINE_SHOW_STORE_ATTRIBUTE', 0, '_show _write', '%_fops');
given('DEFINE_SIMPLE_ATTRIBUTE DEFINE_DEBUGFS_ATTRIBUTE DEFINE_DEBUGFS_ATTRIBUTE_SIGNED', [1, 2], '%');
given('module_param_call', [1, 2]);

/** What a macro with these arguments makes of functions; undefined where it is none of these. */
export function attributeOf(
  macro: string,
  args: readonly string[],
): { readonly functions: readonly string[]; readonly variable: string } | undefined {
  const known = table.get(macro);
  if (known === undefined) return undefined;
  const { functions, stem, suffixes, variable } = known;
  return {
    functions: [
      ...functions.map((n) => args[n] ?? ''),
      ...suffixes.map((suffix) => `${args[stem] ?? ''}${suffix}`),
    ],
    variable: variable.replace('%', args[0] ?? ''),
  };
}
