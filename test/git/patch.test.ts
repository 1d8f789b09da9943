import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { parsePatch } from '../../src/git/patch.ts';

describe('git diffs', () => {
  test('a changed file with two hunks', () => {
    const [file, ...rest] = parsePatch(
      `diff --git a/mm/foo.c b/mm/foo.c
index 1111111..2222222 100644
--- a/mm/foo.c
+++ b/mm/foo.c
@@ -1,3 +1,4 @@ int first(void)
 a
+b
 c
 d
@@ -10,2 +11 @@
-x
 y
-- 
2.39.5
`,
    );
    expect(rest).toEqual([]);
    expect(file).toEqual({
      oldPath: 'mm/foo.c',
      newPath: 'mm/foo.c',
      binary: false,
      hunks: [
        {
          oldStart: 1,
          oldCount: 3,
          newStart: 1,
          newCount: 4,
          heading: 'int first(void)',
          lines: [' a', '+b', ' c', ' d'],
        },
        { oldStart: 10, oldCount: 2, newStart: 11, newCount: 1, lines: ['-x', ' y'] },
      ],
    });
  });

  test('added, deleted, renamed and copied files, also without hunks', () => {
    const files = parsePatch(
      `diff --git a/empty.c b/empty.c
new file mode 100644
index 0000000..e69de29
diff --git a/gone.c b/gone.c
deleted file mode 100644
index 1111111..0000000
--- a/gone.c
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/old name.c b/new name.c
similarity index 100%
rename from old name.c
rename to new name.c
diff --git a/one.c b/two.c
similarity index 90%
copy from one.c
copy to two.c
`,
    );
    expect(files.map(({ oldPath, newPath, copied }) => [oldPath, newPath, copied])).toEqual([
      [undefined, 'empty.c', undefined],
      ['gone.c', undefined, undefined],
      ['old name.c', 'new name.c', undefined],
      ['one.c', 'two.c', true],
    ]);
  });

  test('quoted paths and paths with blanks', () => {
    const files = parsePatch(
      `diff --git "a/f\\303\\266 \\"o\\".c" "b/f\\303\\266 \\"o\\".c"
old mode 100644
new mode 100755
diff --git a/with blank b/c.c b/with blank b/c.c
index 1111111..2222222 100644
--- a/with blank b/c.c\t
+++ b/with blank b/c.c\t
@@ -1 +1 @@
-x
+y
`,
    );
    expect(files.map((file) => file.newPath)).toEqual(['fö "o".c', 'with blank b/c.c']);
  });

  test('what is no text is marked: binary files, links, submodules', () => {
    const files = parsePatch(
      `diff --git a/logo.png b/logo.png
index 1111111..2222222 100644
Binary files a/logo.png and b/logo.png differ
diff --git a/blob.bin b/blob.bin
index 1111111..2222222 100644
GIT binary patch
literal 3
KcmZQzU|?imU|?VX00aO8

literal 2
JcmZQzU|<3O00aO8

diff --git a/link.c b/link.c
new file mode 120000
index 0000000..3333333
--- /dev/null
+++ b/link.c
@@ -0,0 +1 @@
+/etc/passwd
\\ No newline at end of file
`,
    );
    expect(files.map(({ newPath, binary, hunks }) => [newPath, binary, hunks.length])).toEqual([
      ['logo.png', true, 0],
      ['blob.bin', true, 0],
      ['link.c', true, 0],
    ]);
  });

  test('the marks of a missing newline belong to their side', () => {
    const [file] = parsePatch(
      `--- a/x.c
+++ b/x.c
@@ -1 +1 @@
-a
\\ No newline at end of file
+a
`,
    );
    expect(file?.hunks[0]).toMatchObject({ oldNoNewline: true, lines: ['-a', '+a'] });
    expect(file?.hunks[0]).not.toHaveProperty('newNoNewline');
  });

  test('bytes that are not UTF-8 are kept apart', () => {
    const bytes = Buffer.concat([
      Buffer.from('--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-'),
      Buffer.from([0xfc]),
      Buffer.from('\n+'),
      Buffer.from([0xe4]),
      Buffer.from('\n'),
    ]);
    expect(parsePatch(bytes)[0]?.hunks[0]?.lines).toEqual(['-\udcfc', '+\udce4']);
  });
});

describe('line ends', () => {
  const diff = '--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n';

  test('of a CRLF file are part of its lines', () => {
    expect(parsePatch(diff)[0]?.hunks[0]?.lines).toEqual([' a\r', '-b\r', '+c\r']);
  });

  test('that a mailer put on every line are dropped', () => {
    const mailed = diff.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n');
    expect(parsePatch(mailed)[0]?.hunks[0]?.lines).toEqual([' a', '-b', '+c']);
  });
});

describe('plain diffs', () => {
  test.each([
    ['a/mm/x.c', 'b/mm/x.c', 'mm/x.c', 'mm/x.c'],
    [
      'linux.orig/mm/x.c\t2025-01-01 10:00:00.0 +0100',
      'linux/mm/x.c\t2025-01-01 10:00:00.0 +0100',
      'mm/x.c',
      'mm/x.c',
    ],
    ['mm/x.c', 'mm/x.c', 'mm/x.c', 'mm/x.c'],
    ['/dev/null', 'b/mm/x.c', undefined, 'mm/x.c'],
    ['a/mm/x.c', 'b/mm/x.c\t1970-01-01 01:00:00.000000000 +0100', 'mm/x.c', undefined],
  ])('%s, %s', (oldName, newName, oldPath, newPath) => {
    const [file] = parsePatch(`some text\n--- ${oldName}\n+++ ${newName}\n@@ -1 +1 @@\n-a\n+b\n`);
    expect([file?.oldPath, file?.newPath]).toEqual([oldPath, newPath]);
  });

  test('text without a diff has no files', () => {
    expect(parsePatch('Hello,\n\n--- \nthanks\n')).toEqual([]);
  });

  test('an empty line stands for an empty context line', () => {
    const [file] = parsePatch('--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n');
    expect(file?.hunks[0]?.lines).toEqual([' a', ' ', '-b', '+c']);
  });
});

describe('what is refused', () => {
  test.each([
    ['a hunk cut off', '--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n a\n-b\n', /truncated/],
    ['a foreign line in a hunk', '--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n a\nfoo\n c\n', /^Line 5 /],
    ['more lines than announced', '--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,1 @@\n a\n+b\n-c\n', /^Line 5 /],
    ['a hunk without a file', '@@ -1 +1 @@\n-a\n+b\n', /without the name/],
    ['a broken hunk header', '--- a/x.c\n+++ b/x.c\n@@ -1 @@\n-a\n+b\n', /header of a hunk/],
    ['a combined diff', 'diff --cc mm/x.c\nindex 1,2..3\n', /combined diff/],
  ])('%s', (_name, text, message) => {
    expect(() => parsePatch(text)).toThrow(UserError);
    expect(() => parsePatch(text)).toThrow(message);
  });

  test.each(['a/../../etc/passwd', 'a//etc/passwd', 'a/.git/config', 'a/x/../y.c', '"a/x\\000y.c"'])(
    'the path %s',
    (path) => {
      const other = path.replace(/^("?)a\//, '$1b/');
      const text = `diff --git ${path} ${other}\n--- ${path}\n+++ ${other}\n@@ -1 +1 @@\n-a\n+b\n`;
      expect(() => parsePatch(text)).toThrow(/path that no tree can hold/);
    },
  );
});
