import { expect, test } from 'vitest';
import { dumpFragment } from './dump.ts';

test('a call that the hunk cuts off keeps the arguments that are there, and the if around it', () => {
  expect(
    dumpFragment('\t\tif (!p || !q) {\n\t\t\tdev_err(&p->dev->dev,\n\t\t\t\t"x",\n\t\t\t\tr->n,\n'),
  ).toBe(
    '(If (LogicalOr (Unary (Identifier p)) (Unary (Identifier q))) (Block (ExpressionStatement (Call (Identifier dev_err) ' +
      '(Unary (Arrow dev (Arrow dev (Identifier p)))) (String) (Arrow n (Identifier r))))))',
  );
});

test('what began before the hunk is passed over', () => {
  const tree = dumpFragment(
    '\t\t\t   c, d);\n\t}\n\telse\n\t\tx(a->b);\n\tcase 3:\n\t\ty();\nout:\n\treturn p;\n}\n',
  );
  expect(tree).toContain('(ExpressionStatement (Call (Identifier x) (Arrow b (Identifier a))))');
  expect(tree).toContain('(ExpressionStatement (Call (Identifier y)))\n(Label out)\n(Return (Identifier p))');
});

test('a block of its own does not end the fragment', () => {
  expect(dumpFragment('{\n\tx();\n}\ny();\n')).toBe(
    '(Block (ExpressionStatement (Call (Identifier x))))\n(ExpressionStatement (Call (Identifier y)))',
  );
});
