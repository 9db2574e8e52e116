import { indexOf } from './lookup.ts';
import { emptyPlan, type Plan } from './model.ts';
import { planRouters } from './routers.ts';
import type { NetworkRows } from './rows.ts';
import { planSecurity } from './security.ts';
import { planSwitches } from './switches.ts';

/** What OVN's northbound database should hold for these rows. Pure: the same rows give the same plan. */
export function planOvn(rows: NetworkRows): Plan {
  const plan = emptyPlan();
  const index = indexOf(rows);
  // Switches need to know which router ports there are, port groups which switch ports.
  planRouters(plan, index);
  planSwitches(plan, index);
  planSecurity(plan, index);
  return plan;
}
