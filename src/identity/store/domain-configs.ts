import { fromJson, toJson } from '../../store/json.ts';
import type { Secrets } from '../../store/secrets.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { isSensitive, type DomainConfig } from '../domain-config/options.ts';

const PURPOSE = 'domain configs';

/** What a domain has set; sensitive options only when asked for. */
export async function readConfig(
  db: Reader,
  secrets: Secrets,
  domainId: string,
  { sensitive = false } = {},
): Promise<DomainConfig> {
  const rows = await db
    .selectFrom('domain_configs')
    .selectAll()
    .where('domain_id', '=', domainId)
    .orderBy('option_group')
    .orderBy('option_name')
    .execute();
  const config: DomainConfig = {};
  for (const row of rows) {
    if (isSensitive(row.option_group, row.option_name) && !sensitive) continue;
    config[row.option_group] = {
      ...config[row.option_group],
      [row.option_name]: fromJson<unknown>(secrets.open(PURPOSE, row.sealed_value)),
    };
  }
  return config;
}

export async function writeConfig(tx: Tx, secrets: Secrets, domainId: string, config: DomainConfig): Promise<void> {
  for (const [group, options] of Object.entries(config)) {
    for (const [option, value] of Object.entries(options)) {
      const sealed = secrets.seal(PURPOSE, toJson(value));
      await tx.db
        .insertInto('domain_configs')
        .values({ domain_id: domainId, option_group: group, option_name: option, sealed_value: sealed })
        .onConflict((conflict) =>
          conflict.columns(['domain_id', 'option_group', 'option_name']).doUpdateSet({ sealed_value: sealed }),
        )
        .execute();
    }
  }
}

export async function deleteConfig(tx: Tx, domainId: string, group: string | null, option: string | null) {
  let remove = tx.db.deleteFrom('domain_configs').where('domain_id', '=', domainId);
  if (group !== null) remove = remove.where('option_group', '=', group);
  if (option !== null) remove = remove.where('option_name', '=', option);
  await remove.execute();
}
