import { useEffect, useState } from 'react';
import { useConnectionId } from '../state.ts';

/** Absent on a page without https, and where the browser has none. */
const workers = 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;

/** After the page has loaded, so that it takes nothing away from that. */
export function registerWorker(): void {
  const register = (): void => {
    // A browser that refuses, as some do in private windows, shows the chat all the same.
    workers?.register('/service-worker.js').catch(() => {});
  };
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}

/**
 * Whether the server has other pages than this one. It is asked when a new worker has taken over, and each new connection makes the
 * browser look for one: after an upgrade every page connects anew. Nothing is reloaded unless the person wants it.
 */
export function useNewVersion(): boolean {
  const connectionId = useConnectionId();
  const [outdated, setOutdated] = useState(false);
  useEffect(() => {
    // What could not be looked for now is looked for with the next connection.
    if (connectionId !== undefined)
      void workers
        ?.getRegistration()
        .then((registration) => registration?.update())
        .catch(() => {});
  }, [connectionId]);
  useEffect(() => {
    // The first worker takes over a page of its own version.
    let controlled = Boolean(workers?.controller);
    const changed = (): void => {
      if (controlled) isOutdated().then(setOutdated, () => {});
      controlled = true;
    };
    workers?.addEventListener('controllerchange', changed);
    return () => workers?.removeEventListener('controllerchange', changed);
  }, []);
  return outdated;
}

/** A page is the script that it begins with. */
async function isOutdated(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  const present = await fetch('/');
  return present.ok && own !== null && !(await present.text()).includes(new URL(own.src).pathname);
}
