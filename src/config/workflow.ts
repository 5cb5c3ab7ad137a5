/**
 * What `venturi init --ci github` writes. The job that reads the pull request may write nothing, the one that writes never sees its files;
 * actions are pinned by commit. `installedFrom` is what npm installs venturi from; empty: the workflow says that it has to be filled in.
 */
export const workflow = (
  installedFrom: string,
): string => `# What a pull request changes about the cost of AI models, as a comment on it.
# Written by venturi init --ci github.
name: venturi

on: pull_request

permissions: {}

env:
  # What npm installs venturi from: the address of a tarball, or name@version in a registry of yours.
  VENTURI_PACKAGE: ${JSON.stringify(installedFrom)}

concurrency:
  group: venturi-\${{ github.event.pull_request.number }}
  cancel-in-progress: true

jobs:
  analyse:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          ref: \${{ github.event.pull_request.head.sha }}
          fetch-depth: 0 # the merge base is needed
          persist-credentials: false
      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
        with:
          node-version: 24
      # The traffic that prices the changes: what venturi export snapshot wrote and a job on the default branch saved. Without one nothing
      # is priced. Nobody is in it, but whoever can open a pull request can read it: services, teams, budgets and what is spent.
      - uses: actions/cache/restore@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5
        with:
          path: \${{ runner.temp }}/venturi-snapshot.db
          key: venturi-snapshot-\${{ github.run_id }}
          restore-keys: venturi-snapshot-
      - name: Install venturi
        run: npm install --global "\${VENTURI_PACKAGE:?fill it in at the top of this workflow}"
      - name: Compare with the base
        env:
          BASE: \${{ github.event.pull_request.base.sha }}
          SNAPSHOT: \${{ runner.temp }}/venturi-snapshot.db
        run: |
          if [ -f "$SNAPSHOT" ]; then export VENTURI_DB="$SNAPSHOT"; fi
          venturi diff "$BASE..HEAD" --json > "$RUNNER_TEMP/diff.json"
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        with:
          name: venturi-diff
          path: \${{ runner.temp }}/diff.json
          retention-days: 7

  comment:
    needs: analyse
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      pull-requests: write
    steps:
      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
        with:
          node-version: 24
      - uses: actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1
        with:
          name: venturi-diff
          path: \${{ runner.temp }}
      - name: Install venturi
        run: npm install --global "\${VENTURI_PACKAGE:?fill it in at the top of this workflow}"
      # A pull request from a fork has a token that only reads: its comment goes to the summary of the run.
      - name: Comment
        env:
          GITHUB_TOKEN: \${{ github.token }}
        run: venturi comment github --path "$RUNNER_TEMP/diff.json" --skip-no-diff
`
