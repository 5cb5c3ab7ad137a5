/** A shell's words. What decides which command runs is read over. */

export interface Word {
  readonly text: string
  readonly line: number
}

const PLAIN = /[^\s'"\\;|&()<#]+/y
const HERE = /<<-?\s*(['"]?)(\w+)\1/y
const HERE_IN_QUOTES = /"\$\(cat <<-?\s*(['"]?)(\w+)\1[ \t]*\n/y

const at = (pattern: RegExp, text: string, from: number): RegExpExecArray | null => {
  pattern.lastIndex = from
  return pattern.exec(text)
}

/**
 * Each command as its words; a pipe, `;` or the line's end ends one. A here-document is the last word of the command it is
 * given to; so is one in `"$(cat <<EOF …)"`, in place.
 */
export function commandsIn(text: string): Word[][] {
  const commands: Word[][] = []
  const marks: string[] = []
  let words: Word[] = []
  let word: {text: string; line: number} | null = null
  let line = 1
  const add = (piece: string): void => {
    word ??= {text: '', line}
    word.text += piece
  }
  const endWord = (): void => {
    if (word) words.push(word)
    word = null
  }
  const endCommand = (): void => {
    endWord()
    if (words.length > 0) commands.push(words)
    words = []
  }
  for (let from = 0; from < text.length; ) {
    const plain = at(PLAIN, text, from)?.[0]
    const quoted = plain === undefined ? quotedAt(text, from) : null
    const here = at(HERE, text, from)
    let end = from + 1
    if (plain !== undefined) {
      add(plain)
      end = from + plain.length
    } else if (quoted) {
      add(quoted.text)
      end = quoted.end
    } else if (text[from] === '\\') {
      end = /^\\\r?\n/.test(text.slice(from, from + 3)) ? text.indexOf('\n', from) + 1 : from + 2
      if (text[end - 1] === '\n') endWord()
      else add(text[from + 1] ?? '')
    } else if (here) {
      marks.push(here[2]!)
      end = from + here[0].length
    } else if (text[from] === '\n') {
      for (const mark of marks.splice(0)) {
        const body = hereDocument(text, end, mark)
        endWord()
        words.push({text: body.text, line: line + 1})
        line += lineEnds(text.slice(end, body.end))
        end = body.end
      }
      endCommand()
      line++
      from = end
      continue
    } else if (text[from] === '#') {
      if (word) add('#')
      else end = text.includes('\n', from) ? text.indexOf('\n', from) : text.length
    } else if (/[;|&()]/.test(text[from]!)) endCommand()
    else endWord()
    line += lineEnds(text.slice(from, end))
    from = end
  }
  endCommand()
  return commands
}

const lineEnds = (text: string): number => text.split('\n').length - 1

/** What stands between quotes, up to after them; null: nothing is quoted here. */
function quotedAt(text: string, from: number): {text: string; end: number} | null {
  const quote = text[from]!
  if (quote !== "'" && quote !== '"') return null
  const here = at(HERE_IN_QUOTES, text, from)
  if (here) {
    const body = hereDocument(text, from + here[0].length, here[2]!)
    const end = text.indexOf('"', body.end)
    if (end >= 0) return {text: `\n${body.text}`, end: end + 1}
  }
  let inner = ''
  for (let index = from + 1; index < text.length; index++) {
    if (text[index] === quote) return {text: inner, end: index + 1}
    if (quote === '"' && text[index] === '\\') {
      index++
      inner += /["\\$`]/.test(text[index] ?? '')
        ? text[index]
        : text[index] === '\n'
          ? ''
          : `\\${text[index]}`
    } else inner += text[index]
  }
  return null
}

function hereDocument(text: string, from: number, mark: string): {text: string; end: number} {
  const found = new RegExp(`^[ \\t]*${mark}[ \\t]*$`, 'm').exec(text.slice(from))
  if (!found) return {text: text.slice(from), end: text.length}
  return {
    text: text.slice(from, from + found.index).replace(/\n$/, ''),
    end: Math.min(from + found.index + found[0].length, text.length),
  }
}
