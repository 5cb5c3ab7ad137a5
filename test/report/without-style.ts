/** A page as golden files keep it: how it looks is tried in a browser. */
export const withoutStyle = (page: string): string =>
  page.replace(/<style>[\s\S]*?<\/style>/, '<style></style>')
