import pg from 'pg';
import type { Record } from './load.ts';

/**
 * Compares what clients were told with the rows, and the rows with each other. Answers in words what is wrong: a
 * request lost after its answer, one without its audit row, something given twice.
 */
export async function check(database: string, records: readonly Record[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  const rows = async <T extends pg.QueryResultRow>(text: string) => (await client.query<T>(text)).rows;
  const wrong: string[] = [];
  try {
    const made = records.filter((one) => one.kind.startsWith('create') && one.id !== '');
    const ended = records.filter((one) => one.kind.startsWith('delete') && one.status > 0 && one.status < 500);
    const gone = new Set(ended.filter((one) => one.status < 300 || one.status === 404).map((one) => one.id));
    const asked = new Set(records.filter((one) => one.kind.startsWith('delete')).map((one) => one.id));
    const servers = await rows<{ id: string; task_state: string | null; vm_state: string; deleted: string }>(
      'select id, task_state, vm_state, deleted from servers',
    );
    const others = await rows<{ id: string }>(
      'select id from ports union all select id from floating_ips union all select id from volumes',
    );
    const present = new Set([
      ...servers.filter((one) => Number(one.deleted) === 0).map((one) => one.id),
      ...others.map((one) => one.id),
    ]);
    for (const { id, kind } of made) {
      if (!asked.has(id) && !present.has(id)) wrong.push(`${kind} ${id}: was answered, and is not there`);
      if (gone.has(id) && present.has(id)) wrong.push(`${kind} ${id}: its deletion was answered, and it is there`);
    }
    for (const { id, vm_state, task_state, deleted } of servers) {
      if (Number(deleted) === 0 && (vm_state !== 'active' || task_state !== null)) {
        wrong.push(`server ${id}: ended as ${vm_state} ${task_state ?? ''}`);
      }
    }
    const audit = new Set(
      (await rows<{ request_id: string }>('select request_id from audit')).map((one) => one.request_id),
    );
    for (const { requestId, kind, status } of records) {
      if (kind !== 'list' && status < 300 && status > 0 && !audit.has(requestId)) {
        wrong.push(`${kind} ${requestId}: was answered, and is not in the audit`);
      }
    }
    const twice: { [what: string]: string } = {
      'an address of a subnet':
        'select subnet_id || address_key as what from port_addresses group by 1 having count(*) > 1',
      'a MAC address': 'select network_id || mac_address as what from ports group by 1 having count(*) > 1',
      'a floating address':
        'select floating_network_id || floating_ip_address as what from floating_ips group by 1 having count(*) > 1',
      'an address that a floating one leads to': `select port_id || fixed_ip_address as what from floating_ips
        where port_id is not null group by 1 having count(*) > 1`,
      'a volume': `select a.volume_id as what from volume_attachments a join volumes v on v.id = a.volume_id
        where v.multiattach = 0 group by 1 having count(*) > 1`,
      'a device of a server': `select server_id || device as what from volume_attachments
        where plugged = 1 and device is not null group by 1 having count(*) > 1`,
      'a volume with a server that is gone': `select volume_id as what from volume_attachments a where plugged = 1
        and not exists (select 1 from servers s where s.id = a.server_id and s.deleted = 0)`,
      'a volume that is not what its attachments say': `select v.id || ' ' || v.status as what from volumes v
        where (v.status = 'in-use') <> exists (select 1 from volume_attachments a where a.volume_id = v.id)`,
      'a server’s place': `select consumer || resource_class as what from allocations group by 1 having count(distinct provider) > 1`,
      'a request':
        'select request_id || operation || target as what from audit where target is not null group by 1 having count(*) > 1',
      'more of a host than promised': `select i.provider || i.resource_class as what from inventories i
        left join (select provider, resource_class, sum(used) as used from allocations group by 1, 2) a
        on a.provider = i.provider and a.resource_class = i.resource_class where coalesce(a.used, 0) <> i.used`,
      'more of a host than it has': `select provider || resource_class as what from inventories
        where used + overhead > (total - reserved) * allocation_ratio`,
      'a server without its share': `select id as what from servers s where deleted = 0 and host_id is not null
        and not exists (select 1 from allocations a where a.consumer = s.id)`,
      'a share without a server': `select consumer as what from allocations a
        where not exists (select 1 from servers s where s.id = a.consumer and s.deleted = 0)`,
    };
    for (const [name, text] of Object.entries(twice)) {
      for (const { what } of await rows<{ what: string }>(text)) wrong.push(`${name}: ${what}`);
    }
    return wrong;
  } finally {
    await client.end();
  }
}
