import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { parameter, type Query } from './common.ts';

/** `tags`, `tags-any`, `not-tags` and `not-tags-any`, each a list with commas. */
export function tagFilters(query: Query): RawBuilder<SqlBool>[] {
  const conditions: RawBuilder<SqlBool>[] = [];
  const add = (name: string, make: (tags: string[]) => RawBuilder<SqlBool>) => {
    const tags = [...new Set((parameter(query, name) ?? '').split(',').filter((tag) => tag !== ''))];
    if (tags.length > 0) conditions.push(make(tags));
  };
  add('tags', (tags) => sql`${count(tags)} = ${tags.length}`);
  add('tags-any', (tags) => sql`${count(tags)} > 0`);
  add('not-tags', (tags) => sql`${count(tags)} < ${tags.length}`);
  add('not-tags-any', (tags) => sql`${count(tags)} = 0`);
  return conditions;
}

/** How many of these tags a project has. */
function count(tags: string[]): RawBuilder<number> {
  return sql`(select count(*) from project_tags where project_tags.project_id = projects.id and project_tags.name in (${sql.join(tags)}))`;
}
