/** Which files can change what is billed, by their path alone. */

const NOT_RUN: readonly RegExp[] = [
  // Tests.
  /(^|\/)(?:tests?|__tests__|specs?|e2e|testdata|fixtures?|__fixtures__|__mocks__|mocks?|cassettes|__snapshots__|testing|integration[_-]?tests?|unit[_-]?tests?|benchmarks?|src\/(?:test|integrationTest|androidTest))\//i,
  /\.(?:test|spec|e2e|stories|story|cy|mocks?)\.[cm]?[jt]sx?$/i,
  /(^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.(?:py|go|rb)$/,
  /_spec\.rb$/,
  /(?:Tests?|IT|Spec)\.(?:java|kt|cs)$/,
  /(^|\/)[^/]+\.(?:Unit|Integration)?Tests?\//,
  /\.snap$/,
  // Documents.
  /(^|\/)(?:docs?|documentation)\//i,
  /(^|\/)(?:website|wiki|adr|rfcs?|changelogs?)\/(?:[^/]+\/)*[^/]+\.(?:md|mdx|markdown|rst|txt|adoc)$/i,
  /(^|\/)(?:(?:readme|changelog|contributing|licen[sc]e)(?:[-_.][^/]*)?|history|notice|changes)\.(?:md|mdx|markdown|rst|txt|adoc)$/i,
  /(^|\/)(?:readme|changelog|contributing|licen[sc]e|history|notice|changes)(?:[-_][^/.]*)?$/i,
  // What people read on screens, in their languages.
  /(^|\/)(?:_?locales?|i18n|l10n|translations?|lang|langs|languages)\/(?:[^/]+\/)*[^/]+\.(?:ya?ml|json5?|toml|properties|ini|po|xliff)$/i,
  // Examples.
  /(^|\/)(?:examples?|samples?|demos?|tutorials?|cookbook|notebooks?|playground|templates?\/examples?)\//i,
  /(?:^|[./_-])(?:example|sample|dist)(?:\.[\w]+)?$/i,
  // `template.yaml` alone is what AWS SAM deploys; `prompt_template.py` is code.
  /\.template(?:\.\w+)?$|[_-]template(?:\.(?:env|ya?ml|json|toml|ini|conf|properties|md|txt))?$/i,
  /\.ipynb$/i,
  // Generated and vendored.
  /(^|\/)(?:node_modules|vendor|vendored|third[_-]?party|bower_components|site-packages|\.venv|venv|dist|build|out|target|coverage|generated|__generated__|gen|\.next|\.terraform|\.git)\//i,
  /(?:\.min\.[cm]?js|\.map|\.lock|-lock\.(?:json|ya?ml)|\.pb\.go|_pb2(?:_grpc)?\.pyi?|\.g\.cs|\.designer\.cs|\.d\.ts|\.gen\.[\w]+|\.generated\.[\w]+)$/i,
  /(^|\/)(?:go\.sum|go\.mod|package\.json|pom\.xml|Gemfile|Cargo\.toml|pyproject\.toml|composer\.json|tsconfig[^/]*\.json)$/,
]

/** What only a developer's own machine reads. */
const DEVELOPMENT: readonly RegExp[] = [
  /(^|\/)\.env\.(?:dev|development|local|test|testing)(?:\.|$)/i,
  /(^|\/)\.env\.[\w.]*local$/i,
  /(^|\/)(?:docker-)?compose[.-](?:override|dev|development|local|test)[\w.-]*\.ya?ml$/i,
  /(^|\/)appsettings\.(?:Development|Local|Test)\.json$/i,
  /(^|\/)application-(?:dev|development|local|test)\.(?:ya?ml|properties)$/i,
  /(^|\/)(?:values|config|settings)?[._-]?(?:dev|development|local)\.(?:ya?ml|json|toml|tfvars|env|exs|rb|py|js|ts)$/i,
  /(^|\/)[\w-]*[._-](?:dev|development|local)\.(?:ya?ml|json|toml|tfvars)$/i,
  /(^|\/)(?:dev|development|local|sandbox)\/[^/]+\.(?:ya?ml|json|toml|tf|tfvars|env)$/i,
  /(^|\/)(?:overlays|environments?|envs?)\/(?:dev|development|local|sandbox)\//i,
  /(^|\/)\.devcontainer\//,
]

/** Tests, documents, examples, generated and vendored files. */
export const isLeftOut = (path: string): boolean => NOT_RUN.some(pattern => pattern.test(path))

export const isProduction = (path: string): boolean => !DEVELOPMENT.some(pattern => pattern.test(path))
