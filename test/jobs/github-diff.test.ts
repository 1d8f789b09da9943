import fc from 'fast-check';
import { expect, test } from 'vitest';
import { githubDiff } from '../../src/jobs/github-diff.ts';

test('a diff with an added, a deleted, a renamed and a binary file', () => {
  const diff = `diff --git a/mm/a.c b/mm/b.c
similarity index 90%
rename from mm/a.c
rename to mm/b.c
--- a/mm/a.c
+++ b/mm/b.c
@@ -1,3 +1,3 @@ int f(void)
 {
-	return 0;
+	return 1;
 }
\\ No newline at end of file
diff --git a/new.c b/new.c
new file mode 100644
--- /dev/null
+++ b/new.c
@@ -0,0 +1 @@
+int x;
diff --git a/old.c b/old.c
deleted file mode 100644
--- a/old.c
+++ /dev/null
@@ -1 +0,0 @@
-int x;
`;
  expect(githubDiff(diff)).toMatchObject([
    {
      oldPath: 'mm/a.c',
      newPath: 'mm/b.c',
      hunks: [
        {
          oldStart: 1,
          oldCount: 3,
          newStart: 1,
          newCount: 3,
          lines: [' {', '-\treturn 0;', '+\treturn 1;', ' }'],
        },
      ],
    },
    { oldPath: undefined, newPath: 'new.c', hunks: [{ newStart: 1, newCount: 1, lines: ['+int x;'] }] },
    { oldPath: 'old.c', newPath: undefined },
  ]);
});

test('a path that git quotes is read as it is', () => {
  const diff =
    'diff --git "a/d/\\303\\244\\".c" "b/d/\\303\\244\\".c"\n--- "a/d/\\303\\244\\".c"\n+++ "b/d/\\303\\244\\".c"\n@@ -1 +1 @@\n-a\n+b\n';
  expect(githubDiff(diff)).toMatchObject([{ newPath: 'd/ä".c' }]);
});

test('lines that look like headers are lines', () => {
  const diff = 'diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,2 @@\n--- a/x\n-x\n+++ b/x\n+y\n';
  expect(githubDiff(diff)).toMatchObject([
    { newPath: 'a.c', hunks: [{ lines: ['--- a/x', '-x', '+++ b/x', '+y'] }] },
  ]);
});

test('one that no git writes is not read, and that is no fault', () => {
  const diff = 'diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n\\ No newline at end of file\n';
  expect(githubDiff(diff)).toBeUndefined();
});

test('whatever is no diff gives no hunks', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const file of githubDiff(text) ?? []) expect(Array.isArray(file.hunks)).toBe(true);
    }),
  );
});
