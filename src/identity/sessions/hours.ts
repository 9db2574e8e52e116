/** Hours after which somebody has to sign in again, unless the operator says otherwise. */
export const SESSION_HOURS = 12;
