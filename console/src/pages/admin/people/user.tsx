import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { userGroupsQuery, userQuery } from '../../../api/queries/identity.ts';
import { Facts, Page, Section } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { StatusBadge } from '../../../parts/states.tsx';
import { DateTime } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { NewPassword } from './new-password.tsx';
import { listAssignments } from './operations.ts';
import { Roles } from './people-table.tsx';
import { Awaited } from '../../../parts/awaited.tsx';

/** Somebody's account, and what they may do where. */
export default function UserPage() {
  const { people: text, common } = useText();
  const { id = '' } = useParams();
  const { data: user, error, refetch } = useQuery(userQuery(id));
  const groups = useQuery(userGroupsQuery(id));
  const [forgot, setForgot] = useState(false);
  const up = { to: '/admin/users', label: text.users };
  if (user === undefined) {
    return (
      <Page title={text.user} up={up}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title={user.name}
      up={up}
      badge={<StatusBadge tone={user.enabled ? 'ok' : 'off'}>{text.enabledState(user.enabled)}</StatusBadge>}
      actions={<Button onClick={() => setForgot(true)}>{text.newPassword}</Button>}
    >
      <Section title={text.mayWhat}>
        <Roles of={{ user: id }} name={user.name} />
      </Section>
      <Section title={text.about}>
        <Facts
          facts={[
            [text.email, user.email ?? '–'],
            [common.description, user.description ?? '–'],
            [
              text.groups,
              groups.data === undefined || groups.data.length === 0
                ? common.none
                : groups.data.map((group) => (
                    <Link key={group.id} to={`/admin/groups/${group.id}`} className="mr-3 text-accent underline">
                      {group.name}
                    </Link>
                  )),
            ],
            [
              text.passwordUntil,
              user.password_expires_at === null ? text.always : <DateTime at={user.password_expires_at} />,
            ],
            [text.domain, user.domain_id],
            [common.id, <CopyText key="id" text={user.id} />],
          ]}
        />
      </Section>
      <ShowMeHow operations={[listAssignments({ user: id })]} />
      <NewPassword user={forgot ? user : null} onClose={() => setForgot(false)} />
    </Page>
  );
}
