import { useState } from 'react';
import type { Router } from '../../api/queries/network.ts';
import { Section } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { filledPairs, type Pair } from '../../parts/form/pairs.ts';
import { PairsField } from '../../parts/form/pairs-field.tsx';
import { nameOf } from '../../parts/format.ts';
import { useText } from '../../text/index.tsx';
import { isAddress } from './addresses.ts';
import { routeBy } from './operations.ts';
import { isRange, routeMembers } from './subnets/input.ts';

/** Where a router sends what is for ranges that are behind a server of the project's. */
export function RouterRoutes({ router, may }: { router: Router; may: boolean }) {
  const { networks: text, common } = useText();
  const [editing, edit] = useState(false);
  return (
    <Section title={text.routes} actions={may && <Button onClick={() => edit(true)}>{text.changeRoutes}</Button>}>
      {router.routes.length === 0 ? (
        <p className="text-sm text-muted">{text.noRoutes}</p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
          {router.routes.map(({ destination, nexthop }) => (
            <li key={`${destination} ${nexthop}`} className="px-4 py-2">
              {text.route(destination, nexthop)}
            </li>
          ))}
        </ul>
      )}
      {editing && (
        <FormDialog<{ routes: readonly Pair[] }>
          title={text.routesTitle(nameOf(router))}
          description={text.routesText}
          action={common.save}
          initial={{ routes: router.routes.map(({ destination, nexthop }): Pair => [destination, nexthop]) }}
          validate={({ routes }) => ({
            routes: filledPairs(routes).every(([range, by]) => isRange(range) && isAddress(by))
              ? undefined
              : text.subnetProblems.route,
          })}
          operations={({ routes }) => [routeBy(router, routeMembers(routes))]}
          kinds={['routers']}
          done={() => text.renamed}
          onClose={() => edit(false)}
        >
          {({ field }) => (
            <PairsField
              {...field('routes')}
              label={text.routes}
              names={[text.routeTo, text.routeBy]}
              examples={['10.8.0.0/16', '192.168.10.5']}
              add={text.addRoute}
            />
          )}
        </FormDialog>
      )}
    </Section>
  );
}
