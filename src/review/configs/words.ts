/**
 * A shell's words, with their lines: `word = (plain | 'as it is' | "with \ and $")+`. Of here-documents the text, as the word that
 * `<<EOF` or `$(cat <<EOF …)` stands for. What decides which command runs is read over.
 */
export interface Word {
  readonly text: string
  readonly line: number
  /** Some of it stood in quotes. */
  readonly quoted: boolean
}

/** Each command as its words; a pipe, `;` or the line's end ends one. */
export function commandsIn(text: string): Word[][] {
  const commands: Word[][] = []
  let words: Word[] = []
  const marks: string[] = []
  let at = 0
  let line = 1
  let word: {text: string; line: number; quoted: boolean} | null = null
  const endWord = (): void => {
    if (word) words.push(word)
    word = null
  }
  const endCommand = (): void => {
    endWord()
    if (words.length > 0) commands.push(words)
    words = []
  }
  const add = (piece: string, quoted: boolean): void => {
    word ??= {text: '', line, quoted: false}
    word.text += piece
    word.quoted ||= quoted
    line += piece.split('\n').length - 1
  }
  while (at < text.length) {
    const rest = text.slice(at, at + 2)
    const quoted = text[at] === "'" || text[at] === '"' ? quotedAt(text, at) : null
    if (quoted) {
      add(quoted.text, true)
      line += quoted.lines
      at = quoted.end
    } else if (rest === '\\\n' || text.startsWith('\\\r\n', at)) {
      endWord()
      at += rest === '\\\n' ? 2 : 3
      line++
    } else if (text[at] === '\\') {
      add(text[at + 1] ?? '', false)
      at += 2
    } else if (rest === '<<' && text[at + 2] !== '<') {
      const found = /^<<-?\s*(['"]?)(\w+)\1/.exec(text.slice(at, at + 80))
      if (found) marks.push(found[2]!)
      at += found?.[0].length ?? 2
    } else if (text[at] === '\n') {
      at++
      line++
      for (const mark of marks.splice(0)) {
        const body = hereDocument(text, at, mark)
        // The command it belongs to may have gone on after it: `curl -d @- <<EOF`.
        endWord()
        words.push({text: body.text, line, quoted: true})
        line += body.text.split('\n').length
        at = body.end
      }
      endCommand()
    } else if (text[at] === '#' && word === null) {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else if (/[;|&()]/.test(text[at]!)) {
      endCommand()
      at++
    } else if (/\s/.test(text[at]!)) {
      endWord()
      at++
    } else {
      add(text[at]!, false)
      at++
    }
  }
  endCommand()
  return commands
}

/** What stands between quotes; lines that a backslash joins count in `lines`. */
function quotedAt(text: string, from: number): {text: string; lines: number; end: number} | null {
  const quote = text[from]!
  const heredoc = /^"\$\(cat <<-?\s*(['"]?)(\w+)\1[ \t]*\n/.exec(text.slice(from, from + 80))
  if (heredoc) {
    const body = hereDocument(text, from + heredoc[0].length, heredoc[2]!)
    const end = text.indexOf('"', body.end)
    if (end >= 0) {
      const joined = `\n${body.text}`
      return {text: joined, lines: lineEnds(text.slice(from, end + 1)) - lineEnds(joined), end: end + 1}
    }
  }
  let inner = ''
  let joined = 0
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === quote) return {text: inner, lines: joined, end: at + 1}
    if (quote === '"' && text[at] === '\\') {
      at++
      if (text[at] === '\n') joined++
      else inner += /["\\$`]/.test(text[at] ?? '') ? text[at] : `\\${text[at]}`
    } else inner += text[at]
  }
  return null
}

const lineEnds = (text: string): number => text.split('\n').length - 1

function hereDocument(text: string, from: number, mark: string): {text: string; end: number} {
  const found = new RegExp(`^[ \\t]*${mark}[ \\t]*\\)?$`, 'm').exec(text.slice(from))
  if (!found) return {text: text.slice(from), end: text.length}
  const body = text.slice(from, from + found.index).replace(/\n$/, '')
  return {text: body, end: from + found.index + found[0].replace(/\)$/, '').length + 1}
}
