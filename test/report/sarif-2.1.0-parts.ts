/**
 * The objects of SARIF 2.1.0 that a report uses, as JSON schemas written after the text of the standard (OASIS,
 * sections 3.13 to 3.58): the properties that each may have, and which it must. Nothing else may stand in them.
 */
const text = { type: 'string' };
const count = { type: 'integer', minimum: 1 };
const index = { type: 'integer', minimum: 0 };
const level = { enum: ['none', 'note', 'warning', 'error'] };
const list = (items: object) => ({ type: 'array', items });
const object = (properties: Record<string, object>, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** 3.11: a message has a text or an id. */
const message = object({ text, markdown: text }, ['text']);
/** 3.4: a reference that is relative to a base has no scheme and does not begin with a slash. */
const artifactLocation = object({
  uri: { type: 'string', pattern: '^(?!/)(?![a-z]+:)[^\\s<>"{}|\\\\^`]*$' },
  uriBaseId: text,
});
/** 3.30 */
const region = object({ startLine: count, endLine: count, startColumn: count, endColumn: count }, [
  'startLine',
]);
const physicalLocation = object({ artifactLocation, region }, ['artifactLocation']);
const logicalLocation = object({ name: text, fullyQualifiedName: text, kind: text });
const location = object({ physicalLocation, logicalLocations: list(logicalLocation), message });
const notification = object({ message, level, locations: list(location) }, ['message']);
const multiformat = object({ text }, ['text']);
const reportingDescriptor = object(
  {
    id: text,
    shortDescription: multiformat,
    fullDescription: multiformat,
    defaultConfiguration: object({ level }),
  },
  ['id'],
);
/** 3.36 to 3.38: a code flow has thread flows, a thread flow has at least one location. */
const codeFlow = object(
  {
    threadFlows: {
      ...list(object({ locations: { ...list(object({ location })), minItems: 1 } }, ['locations'])),
      minItems: 1,
    },
  },
  ['threadFlows'],
);
const replacement = object({ deletedRegion: region, insertedContent: object({ text }) }, ['deletedRegion']);
const fix = object(
  {
    artifactChanges: {
      ...list(
        object({ artifactLocation, replacements: { ...list(replacement), minItems: 1 } }, [
          'artifactLocation',
          'replacements',
        ]),
      ),
      minItems: 1,
    },
  },
  ['artifactChanges'],
);
const result = object(
  {
    ruleId: text,
    ruleIndex: index,
    level,
    rank: { type: 'number', minimum: 0, maximum: 100 },
    message,
    locations: list(location),
    partialFingerprints: { type: 'object', additionalProperties: text },
    codeFlows: list(codeFlow),
    fixes: list(fix),
    properties: { type: 'object' },
  },
  ['message'],
);
const driver = object({ name: text, rules: { ...list(reportingDescriptor), uniqueItems: true } }, ['name']);
const run = object(
  {
    tool: object({ driver }, ['driver']),
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    originalUriBaseIds: { type: 'object', additionalProperties: object({ uri: text, description: message }) },
    invocations: list(
      object({ executionSuccessful: { type: 'boolean' }, toolExecutionNotifications: list(notification) }, [
        'executionSuccessful',
      ]),
    ),
    results: list(result),
  },
  ['tool'],
);

export const sarifLog = object({ $schema: text, version: { const: '2.1.0' }, runs: list(run) }, [
  'version',
  'runs',
]);
