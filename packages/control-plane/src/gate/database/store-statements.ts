/** Statements that PostgreSQL's parser reads, and that are never run. */

/** An expression, as PostgreSQL prints it, as a statement. */
export const selecting = (expression: string): string => `SELECT (${expression})`;

/** The body of a function in SQL, in any of its forms, as a statement. */
export const bodyAsStatement = (source: string): string =>
  source
    .trim()
    .replace(/^RETURN\b/i, "SELECT")
    .replace(/^BEGIN ATOMIC\s+([\s\S]*?)\s*END$/i, "$1");
