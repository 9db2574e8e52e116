import { isPublic, type Meaning } from '../../../../../src/sign-in/index.ts';
import { Icon } from '../../../parts/icons.tsx';
import { useText } from '../../../text/index.tsx';

/** What is dangerous in a rule. */
export function RuleWarnings({ meaning, issuer }: { meaning: Meaning; issuer: string }) {
  const { identityProviders: text } = useText();
  const warnings = [
    ...(meaning.conditions.length === 0 && isPublic(issuer) ? [text.wholeWorld] : []),
    ...(meaning.gifts.some((gift) => gift.kind === 'role' && gift.role === 'admin') ? [text.adminRole] : []),
  ];
  return warnings.map((words) => (
    <span key={words} className="flex gap-1.5 text-warn">
      <Icon name="warning" className="mt-0.5 size-4" />
      {words}
    </span>
  ));
}
