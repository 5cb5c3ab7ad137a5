import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import * as alias from '../../src/model/alias.ts'

describe('an IAM principal is known by what is billed', () => {
  test.each([
    ['arn:aws:sts::004455667788:assumed-role/Heron/i-0abc', 'aws:role/004455667788/Heron', 'i-0abc'],
    [
      'arn:aws:sts::004455667788:assumed-role/Heron/quill@fen.example',
      'aws:role/004455667788/Heron',
      'quill@fen.example',
    ],
    ['arn:aws:sts::004455667788:assumed-role/Heron', 'aws:role/004455667788/Heron', null],
    ['arn:aws:iam::004455667788:role/Heron', 'aws:role/004455667788/Heron', null],
    ['arn:aws:iam::004455667788:role/service-role/deep/Heron', 'aws:role/004455667788/Heron', null],
    ['arn:aws-us-gov:iam::004455667788:role/Heron', 'aws:role/004455667788/Heron', null],
    ['arn:aws-cn:iam::004455667788:user/quill', 'aws:user/004455667788/quill', null],
    ['arn:aws:iam::004455667788:user/people/quill', 'aws:user/004455667788/quill', null],
    ['arn:aws:iam::004455667788:root', 'aws:user/004455667788/root', null],
    ['  arn:aws:iam::004455667788:role/Heron\n', 'aws:role/004455667788/Heron', null],
  ])('%s', (arn, known, session) => {
    expect(alias.awsPrincipal(arn)).toEqual({alias: known, account: '004455667788', session})
  })

  test.each([
    '',
    'Heron',
    'arn:aws:iam::x:role/Heron',
    'arn:aws:s3:::bucket',
    'arn:aws:iam::004455667788:group/people',
    'arn:aws:iam::004455667788:role/',
    'arn:aws:sts::004455667788:assumed-role',
    'arn:aws:iam::004455667788:role',
  ])('%j is none', arn => expect(alias.awsPrincipal(arn)).toBeNull())

  const word = fc.stringMatching(/^[\w+=,.@-]{1,20}$/)
  test('the billed role is the role, whatever the session and the path', () =>
    fc.assert(
      fc.property(
        fc.stringMatching(/^\d{12}$/),
        word,
        word,
        fc.array(word, {maxLength: 3}),
        (account, role, session, path) => {
          const billed = alias.awsPrincipal(`arn:aws:sts::${account}:assumed-role/${role}/${session}`)
          const defined = alias.awsPrincipal(`arn:aws:iam::${account}:role/${[...path, role].join('/')}`)
          return (
            billed!.alias === defined!.alias && billed!.session === session && billed!.account === account
          )
        },
      ),
    ))
})

describe('a repository is one alias, however its address is written', () => {
  test.each([
    'acme/mono',
    'Acme/Mono',
    ' acme/mono ',
    'acme/mono.git',
    'acme/mono/',
    'github:acme/mono',
    'github.com/acme/mono',
    'https://github.com/acme/mono',
    'HTTPS://GitHub.com/Acme/Mono',
    'http://github.com/acme/mono/',
    'https://github.com/acme/mono.git',
    'https://github.com/acme/mono.git/',
    'https://www.github.com/acme/mono',
    'https://user:pw@github.com/acme/mono.git',
    'https://oauth2:p@ss@github.com/acme/mono',
    'https://github.com:443/acme/mono',
    'https://github.com/acme/mono/tree/main/services/heron',
    'https://github.com/acme/mono/blob/main/README.md',
    'https://github.com/acme/mono/pull/7',
    'https://github.com/acme/mono?tab=readme#usage',
    'url:https://github.com/acme/mono/tree/main/',
    'url:github.com/acme/mono',
    'git@github.com:acme/mono.git',
    'git@github.com:Acme/Mono',
    'ssh://git@github.com/acme/mono.git',
    'ssh://git@ssh.github.com:443/acme/mono.git',
    'git+ssh://git@github.com/acme/mono.git',
    'git+https://github.com/acme/mono.git',
    'git://github.com/acme/mono.git',
  ])('%j', address => expect(alias.repository(address)).toBe('github:repo/acme/mono'))

  test.each([
    ['mono', 'name:repo/mono'],
    ['Mono.git', 'name:repo/mono'],
    ['git@gitlab.com:Acme/platform/mono.git', 'git:repo/gitlab.com/acme/platform/mono'],
    ['https://gitlab.com/acme/platform/mono/-/tree/main', 'git:repo/gitlab.com/acme/platform/mono'],
    ['ssh://git@bitbucket.acme.example:7999/pay/mono.git', 'git:repo/bitbucket.acme.example/pay/mono'],
    ['https://bitbucket.org/acme/mono', 'git:repo/bitbucket.org/acme/mono'],
    ['acme/mono.js', 'github:repo/acme/mono.js'],
  ])('%j is %s', (address, known) => expect(alias.repository(address)).toBe(known))

  test('no password stays in any spelling', () => {
    for (const address of [
      'https://u:CANARY@github.com/a/b',
      'https://CANARY@gitlab.com/a/b',
      'ssh://u:CANARY@h.example:22/a/b.git',
      'https://u:C@NARY@h.example/a/b',
    ])
      expect(alias.repository(address)).not.toMatch(/CANARY|NARY/i)
  })

  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/)
  test('any owner and name', () =>
    fc.assert(
      fc.property(name, name, (owner, repository) => {
        const spellings = [
          `${owner}/${repository}`,
          `git@github.com:${owner}/${repository}.git`,
          `https://github.com/${owner.toUpperCase()}/${repository}/`,
        ]
        return spellings.every(spelling => alias.repository(spelling) === alias.githubRepo(owner, repository))
      }),
    ))
})

describe('systems that ignore case are lower-cased, others are not', () => {
  test.each([
    [alias.email(' Quill@Fen.Example '), 'email:quill@fen.example'],
    [alias.githubTeam('Acme', 'Payments-Core'), 'github:team/acme/payments-core'],
    [alias.githubUser('Quill'), 'github:user/quill'],
    [alias.backstage('Component', 'Default', 'Heron'), 'backstage:component/default/heron'],
    [alias.k8sWorkload('Prod', 'Heron'), 'k8s:workload/prod/heron'],
    [alias.named('team', ' Payments Core '), 'name:team/payments core'],
    [alias.entra('group', '0F-AB'), 'entra:group/0f-ab'],
    [alias.okta('group', '00gAbC'), 'okta:group/00gAbC'],
    [alias.litellm('key', '88DC'), 'litellm:key/88DC'],
    [alias.openai('project', 'proj_aB'), 'openai:project/proj_aB'],
    [alias.costCenter(' 04130 '), 'finance:cost_center/04130'],
    [alias.worker(' 007 '), 'hr:worker/007'],
    [alias.pathIn('github:repo/acme/mono', './services/heron/**'), 'github:repo/acme/mono#services/heron'],
    [alias.pathIn('github:repo/acme/mono', '/services/heron/'), 'github:repo/acme/mono#services/heron'],
  ])('%s', (written, known) => expect(written).toBe(known))
})

describe('owners in CODEOWNERS', () => {
  test.each([
    ['@Acme/Payments', 'github:team/acme/payments'],
    ['@Quill', 'github:user/quill'],
    ['Quill@Fen.example', 'email:quill@fen.example'],
    ['quill', null],
    ['', null],
  ])('%j is %j', (owner, known) => expect(alias.codeowner(owner)).toBe(known))
})

describe('the account of a bill', () => {
  test.each([
    ['aws', '004455667788', 'aws:account/004455667788'],
    ['openai', 'org-fen', 'openai:org/org-fen'],
    ['openai', 'proj_heron', 'openai:project/proj_heron'],
    ['anthropic', 'wrkspc_1', 'anthropic:workspace/wrkspc_1'],
    ['azure', '/subscriptions/0F-AB', 'azure:account/0f-ab'],
    ['google', 'projects/fen', 'google:account/projects/fen'],
    ['google', '/projects/fen', 'google:account/fen'],
  ])('%s %s', (provider, id, known) => expect(alias.providerAccount(provider, id)).toBe(known))
})

describe('what clouds bill', () => {
  test.each([
    [alias.awsIdentity('Quill@Fen.example'), 'email:quill@fen.example'],
    [alias.awsIdentity('9067642ac7-3f1e'), 'aws:identity/9067642ac7-3f1e'],
    [alias.azureModelAccount('Heron-AOAI'), 'azure:cognitive_account/heron-aoai'],
    [alias.azureResourceGroup('0F-AB', 'Fen-RG'), 'azure:resource_group/0f-ab/fen-rg'],
    [alias.apim('subscription', 'Heron-Team'), 'apim:subscription/heron-team'],
    [alias.google('project', 'heron-prod'), 'google:project/heron-prod'],
  ])('%s', (written, known) => expect(written).toBe(known))
})

test.each([
  ['https://user:secret@github.com/Acme/Heron.git', 'github:repo/acme/heron'],
  ['git@github.com:acme/heron.git', 'github:repo/acme/heron'],
  ['ssh://git@gitlab.com:2222/Fen/marsh/heron.git', 'git:repo/gitlab.com/fen/marsh/heron'],
  ['/srv/git/Heron.git', 'name:repo/heron'],
  ['/src/heron/.git', 'name:repo/heron'],
  ['../heron/', 'name:repo/heron'],
  ['file:///srv/git/heron.git', 'name:repo/heron'],
  ['C:\\src\\heron', 'name:repo/heron'],
  ['~/heron', 'name:repo/heron'],
])('the remote %s is %s', (address, known) => expect(alias.remote(address)).toBe(known))

test.each([
  ['Quill@Fen.example', 'email:quill@fen.example'],
  ['583231+Octocat@users.noreply.github.com', 'github:user/octocat'],
  ['octocat@users.noreply.github.com', 'github:user/octocat'],
  ['49699333+dependabot[bot]@users.noreply.github.com', 'github:user/dependabot[bot]'],
  ['ac8bc32673d', 'name:person/ac8bc32673d'],
])('the author %s is %s', (written, known) => expect(alias.commitAuthor(written)).toBe(known))
