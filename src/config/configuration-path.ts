/** Where the configuration stands in a repository, and in an organisation's `.github` repository. */
export const CONFIGURATION_PATH = '.github/adjutant.yml';
