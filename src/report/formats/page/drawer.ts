/** What stands behind a row, in a drawer that opens beside the page, and on paper as its appendix. No script is needed. */
import {showUsd} from '../../../model/money.ts'
import type {Answer, Behind, Step} from '../../behind.ts'
import {STATE_TEXTS} from '../../state-text.ts'
import {grouped} from '../cell-text.ts'
import {escaped} from '../escaped.ts'

/** `subtitle`: the row’s own figures. */
export function drawerHtml(
  {answers, rest, withheld}: Behind,
  {id, title, subtitle}: {readonly id: string; readonly title: string; readonly subtitle: string},
): string {
  const said = withheld
    ? '<p class="rest">What stands behind this is about fewer than five people, and not shown.</p>'
    : ''
  return `<section class="drawer" popover id="${id}" role="dialog" aria-labelledby="${id}-title" tabindex="-1">
<header><div><h2 id="${id}-title">${escaped(title)}</h2><p>${escaped(subtitle)}</p></div><button type="button" class="close" autofocus popovertarget="${id}" popovertargetaction="hide">Close</button></header>
${answers.map(answerHtml).join('\n')}${said}${rest === null ? '' : restHtml(rest, answers.length > 0)}
</section>`
}

function restHtml({answers, cost, people}: NonNullable<Behind['rest']>, beside: boolean): string {
  const more = `${grouped(answers)}${beside ? ' more' : ''} ${answers === 1 ? 'answer' : 'answers'}`
  const who = people ? '; some are about people, who are not named' : ''
  return `<p class="rest">${beside ? 'And ' : ''}${more}, ${showUsd(cost)} together${who}.</p>`
}

function answerHtml(answer: Answer): string {
  const {about, spendClass, state, coper, cost, records, rationale} = answer
  const sure = coper === 0 ? '' : `${ratio(coper)}, `
  const count = `${grouped(records)} ${records === 1 ? 'record' : 'records'}`
  return `<article>
<h3><span>${escaped(about ?? 'No service or project known')}</span><span>${showUsd(cost)}</span></h3>
<p class="facts"><span class="class ${spendClass}-text">${spendClass}</span>, ${sure}${STATE_TEXTS[state]}; ${count}</p>
<p class="why">${escaped(rationale)}</p>
${stepsHtml(answer.steps)}${candidatesHtml(answer)}</article>`
}

const ratio = (tenThousandths: number): string => (tenThousandths / 10_000).toFixed(2)
const signed = (millis: number): string => `${millis < 0 ? '−' : '+'}${(Math.abs(millis) / 1000).toFixed(3)}`

function stepsHtml(steps: readonly Step[]): string {
  if (steps.length === 0) return ''
  const rows = steps.map(({because, millis, places, more}) => {
    const further = more === 0 ? [] : [`and ${more} more`]
    const told = [...places, ...further].map(place => `<span class="places">${escaped(place)}</span>`)
    return `<dt>${signed(millis)}</dt><dd>${escaped(because)}${told.join('')}</dd>`
  })
  const sum = steps.reduce((total, {millis}) => total + millis, 0)
  const probability = (100 / (1 + Math.exp(-sum / 1000))).toFixed(1)
  return `<h4>Weighing, in log-odds</h4><dl>${rows.join('')}<dt class="sum">${signed(sum)}</dt><dd>${probability === '100.0' ? '&gt; 99.9' : probability} % before the ceiling of 0.95</dd></dl>
`
}

/** One alone says nothing more than the answer does. */
function candidatesHtml({candidates}: Answer): string {
  if (candidates.length < 2) return ''
  const rows = candidates.map(
    ({name, probability}) => `<dt>${ratio(probability)}</dt><dd>${escaped(name)}</dd>`,
  )
  return `<h4>Candidates</h4><dl>${rows.join('')}</dl>
`
}
