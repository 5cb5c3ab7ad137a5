/**
 * Who uses Copilot: seats, and the rows of the usage metric reports. Only people and their teams are read. A seat's price is not
 * in its list; what the use costs stands in the billing reports; how much a person writes, accepts or asks is nobody's matter here.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, issue} from '../model/fact.ts'
import {connector} from './connector.ts'
import {array, isObject, object, text} from './fields.ts'
import {entity, link} from './statements.ts'

/** `orgs/{org}/copilot/…`, as answers are saved. */
const organizationIn = (path: string): string | undefined =>
  /(?:^|\/)(?:orgs|organizations)\/([^/]+)\//.exec(path)?.[1]

/** Says each person and each membership once. */
class People {
  readonly #told = new Set<string>()

  #first(text: string): boolean {
    if (this.#told.has(text)) return false
    this.#told.add(text)
    return true
  }

  *person(line: number, login: string): Generator<Fact> {
    if (this.#first(login.toLowerCase()))
      yield entity(line, 'identity', alias.githubUser(login), {
        name: login,
        type: login.endsWith('[bot]') ? 'bot' : 'person',
      })
  }

  *member(line: number, login: string, team: Alias): Generator<Fact> {
    if (this.#first(`${login.toLowerCase()} ${team}`))
      yield link(line, 'member_of', alias.githubUser(login), team, 'directory')
  }
}

const teamOf = (slug: string, organization: string | undefined): Alias =>
  organization === undefined ? alias.named('team', slug) : alias.githubTeam(organization, slug)

export const copilotSeats = connector({
  id: 'copilot-seats',
  label: 'GitHub Copilot seats (people and teams)',
  placed: true,
  needs: {fields: ['total_seats', 'seats']},
  *parse(source) {
    const people = new People()
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const {line, value} = record
      for (const seat of array(value, 'seats')) {
        const login = text(object(seat, 'assignee'), 'login')
        if (!login) {
          yield issue(
            line,
            'no-login',
            'a seat without the login of its assignee',
            'save the answer as the API gave it',
          )
          continue
        }
        yield* people.person(line, login)
        const slug = text(object(seat, 'assigning_team'), 'slug')
        const organization =
          text(object(seat, 'organization'), 'login') ??
          text(seat, 'organization') ??
          organizationIn(source.path)
        if (slug) yield* people.member(line, login, teamOf(slug, organization))
      }
    }
  },
})

const isUserDay = (value: unknown): boolean =>
  text(value, 'day') !== undefined && text(value, 'user_login') !== undefined
const isOrganizationDay = (value: unknown): boolean =>
  text(value, 'day') !== undefined &&
  isObject(value) &&
  'totals_by_feature' in value &&
  text(value, 'user_login') === undefined
const isLinks = (value: unknown): boolean => isObject(value) && Array.isArray(value.download_links)

export const copilotUsage = connector({
  id: 'copilot-usage',
  label: 'GitHub Copilot usage metrics (people and teams: its spend is in the billing reports)',
  placed: true,
  needs: {fields: ['day', 'user_login', 'user_id']},
  recognises: ({shape, sample}) =>
    (shape === 'json' || shape === 'jsonl') &&
    sample.some(value => isUserDay(value) || isOrganizationDay(value) || isLinks(value)),
  *parse(source) {
    const people = new People()
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const {line, value} = record
      const login = text(value, 'user_login')
      if (isLinks(value))
        yield issue(
          line,
          'links-only',
          'the links to a report, not the report',
          'download each link before it expires and ingest what it gives',
        )
      else if (login) {
        yield* people.person(line, login)
        const slug = text(value, 'slug', 'team_slug')
        if (slug) yield* people.member(line, login, teamOf(slug, organizationIn(source.path)))
      }
    }
  },
})
