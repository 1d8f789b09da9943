/**
 * The configuration that counts: of the base branch, else of the owner, else the defaults; never the change's. It is read
 * before the analysis begins, since it says how a check ends should the analysis be stopped.
 */
import { codeCheckerNames } from '../checkers/registry.ts';
import type { Configuration } from '../config/configuration.ts';
import { CONFIGURATION_PATH } from '../config/configuration-path.ts';
import { defaultConfiguration } from '../config/default-configuration.ts';
import { readConfiguration } from '../config/read-configuration.ts';
import { decodeText } from '../git/bytes.ts';
import { openRepository } from '../git/repository.ts';
import { codeSpan } from '../report/markdown-text.ts';

export interface BaseConfiguration {
  readonly configuration: Configuration;
  /** What could not be read, for the report: it changes nothing. */
  readonly limits: readonly string[];
}

/**
 * @param commit SHA of the base branch, in the mirror
 * @param ownerConfiguration text of the owner's file, asked for where the base branch has none
 */
export async function baseConfiguration(
  gitDir: string,
  commit: string,
  ownerConfiguration: () => Promise<string | undefined>,
): Promise<BaseConfiguration> {
  const own = await fileAt(gitDir, commit);
  if (own !== undefined) return parsed(own, 'base branch');
  const shared = await ownerConfiguration();
  if (shared !== undefined) return parsed(shared, "owner's .github repository");
  return { configuration: defaultConfiguration, limits: [] };
}

async function fileAt(gitDir: string, commit: string): Promise<string | undefined> {
  const repository = await openRepository(gitDir);
  if (repository === undefined) throw new Error(`${gitDir} is no repository`);
  try {
    const tree = await repository.tree(commit);
    const file = (await tree.read([CONFIGURATION_PATH])).get(CONFIGURATION_PATH);
    return file && decodeText(file);
  } finally {
    repository.close();
  }
}

function parsed(text: string, whose: string): BaseConfiguration {
  const { configuration, problems } = readConfiguration(text, codeCheckerNames);
  if (configuration !== undefined) return { configuration, limits: [] };
  const [first] = problems;
  const place = `${CONFIGURATION_PATH}:${first?.line}:${first?.column}`;
  const limit = `The configuration of the ${whose} is not valid (${place}: ${first?.message}): the defaults hold.`;
  return { configuration: defaultConfiguration, limits: [limit] };
}

/** Why the configuration wants no review of a pull request, as Markdown; undefined where it wants one. */
export function whyNotWanted(
  configuration: Configuration,
  { draft, labels }: { readonly draft: boolean; readonly labels: readonly string[] },
): string | undefined {
  if (draft && configuration.drafts === 'skip')
    return 'It is a draft: it is reviewed when it is ready for review.';
  // Labels that differ in capitals alone are one to GitHub.
  const unwanted = configuration['skip-labels'].map((label) => label.toLowerCase());
  const label = labels.find((one) => unwanted.includes(one.toLowerCase()));
  return label === undefined ? undefined : `It has the label ${codeSpan(label)}.`;
}
