/** Text within a page. Names are data: none of them ends an element or an attribute, or hides what follows. */
import {clean} from './layout.ts'

const ENTITIES: {readonly [character: string]: string} = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escaped = (text: string): string =>
  clean(text).replace(/[&<>"']/g, character => ENTITIES[character]!)
