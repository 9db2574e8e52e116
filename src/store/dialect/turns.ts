import type { Driver } from 'kysely';

/**
 * Gives the one connection of a driver to those who wait in the order in which they came. Kysely's own lock for SQLite
 * wakes everybody who waits each time it is free: when the polls of 10,000 hosts ended at once, that took a minute.
 */
export function inTurn(driver: Driver): Driver {
  const acquire = driver.acquireConnection.bind(driver);
  const release = driver.releaseConnection.bind(driver);
  const waiting: (() => void)[] = [];
  let taken = false;
  driver.acquireConnection = async () => {
    // Whoever is woken has the connection already: nobody comes between.
    if (taken) await new Promise<void>((resolve) => waiting.push(resolve));
    taken = true;
    return acquire();
  };
  driver.releaseConnection = async (connection) => {
    await release(connection);
    const next = waiting.shift();
    if (next) next();
    else taken = false;
  };
  return driver;
}
