/** What a change brings in, in functions that it does not touch: an indexed tree is not audited from end to end. */
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/checkers/checker.ts';
import { review } from '../../src/review/review.ts';
import { withIndexedChange } from './indexed-change.ts';

/** What a change of one file of a tree introduces: `before` becomes `after` in its text. */
const introduced = (text: string, before: string, after: string): Promise<readonly Finding[]> =>
  withIndexedChange(text, before, after, async (change, sides) => {
    const { findings } = await review(change, { programs: async () => sides });
    return findings;
  });

const named = (findings: readonly Finding[]): string[] =>
  findings.map(({ rule, function: name }) => `${rule} ${name}`);

const LOCKS = `
struct dev { struct mutex a; struct mutex b; struct work_struct work; struct port *port; };
struct port { int speed; };
static void first(struct dev *d)
{
	mutex_lock(&d->b);
	mutex_lock(&d->a);
	mutex_unlock(&d->a);
	mutex_unlock(&d->b);
}
static void second(struct dev *d)
{
	mutex_lock(&d->a);
	mutex_unlock(&d->a);
}
`;
const SECOND = '	mutex_lock(&d->a);\n	mutex_unlock(&d->a);\n}\n';
const BOTH =
  '	mutex_lock(&d->a);\n	mutex_lock(&d->b);\n	mutex_unlock(&d->b);\n	mutex_unlock(&d->a);\n}\n';

describe('lock orders', () => {
  test('that an untouched function of the file contradicts', async () => {
    const findings = await introduced(
      LOCKS,
      `second(struct dev *d)\n{\n${SECOND}`,
      `second(struct dev *d)\n{\n${BOTH}`,
    );
    expect(named(findings)).toEqual(['lock-order/circular second']);
    expect(findings[0]?.trace.map((step) => `${step.function}:${step.line}`)).toEqual([
      'first:6',
      'first:7',
      'second:13',
      'second:14',
    ]);
  });

  test('but not one that an untouched function follows already', async () => {
    const third = `static void third(struct dev *d)\n{\n${BOTH}`;
    const text = LOCKS + third;
    expect(
      await introduced(text, `second(struct dev *d)\n{\n${SECOND}`, `second(struct dev *d)\n{\n${BOTH}`),
    ).toEqual([]);
  });
});

describe('waits of untouched functions', () => {
  const text = `${LOCKS}
static void reset(struct dev *d)
{
	d->port = NULL;
}
static void run(struct work_struct *work)
{
	reset(container_of(work, struct dev, work));
}
void setup(struct dev *d)
{
	INIT_WORK(&d->work, run);
}
void stop(struct dev *d)
{
	mutex_lock(&d->a);
	cancel_work_sync(&d->work);
	mutex_unlock(&d->a);
}
`;
  test('for a handler below which the change takes a lock', async () => {
    const findings = await introduced(text, '	d->port = NULL;\n', `	second(d);\n`);
    expect(named(findings)).toEqual(['lock-order/wait-under-lock stop']);
  });

  test('for the readers of a file in sysfs', async () => {
    const readers = `
static struct dev only;
static ssize_t gauge_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sprintf(buf, "1");
}
static DEVICE_ATTR_RO(gauge);
void gauge_stop(struct device *dev)
{
	mutex_lock(&only.a);
	device_remove_file(dev, &dev_attr_gauge);
	mutex_unlock(&only.a);
}
`;
    const findings = await introduced(
      LOCKS + readers,
      '	return sprintf',
      '	mutex_lock(&only.a);\n	mutex_unlock(&only.a);\n	return sprintf',
    );
    expect(named(findings)).toEqual(['lock-order/wait-under-lock gauge_stop']);
  });
});

test('a field that the change tests is used untested by an untouched function', async () => {
  const using = (name: string, test: string): string => `
int ${name}(struct dev *d)
{
${test}	return d->port->speed;
}
`;
  const tests = '	if (!d->port)\n		return 0;\n';
  const text = LOCKS + using('changed', '') + using('tests', tests) + using('rate', '') + using('speed', '');
  const findings = await introduced(
    text,
    'changed(struct dev *d)\n{\n',
    `changed(struct dev *d)\n{\n${tests}`,
  );
  expect(named(findings)).toEqual(['null-deref/unchecked-field rate', 'null-deref/unchecked-field speed']);
});
