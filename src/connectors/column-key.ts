/** Column names compare without case, spaces, punctuation or bracketed remarks: `Cost Center [Required]` is `cost_center`. */
export const columnKey = (name: string): string =>
  name
    .replace(/^\uFEFF/, '')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
