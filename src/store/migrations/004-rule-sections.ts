/** CODEOWNERS lines of GitLab know their section; those of GitHub have none. */
export const ruleSections = `
ALTER TABLE rule ADD COLUMN section TEXT;
`
