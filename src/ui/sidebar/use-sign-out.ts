import { useDevice } from '../push/use-device.ts';
import { navigate } from '../route.ts';
import { useClient } from '../state.ts';

/** Ends the session here. Without a connection nobody can be signed out; the banner says so already. */
export function useSignOut(): () => void {
  const client = useClient();
  const device = useDevice();
  return () =>
    void client.signOut().then(
      () => {
        navigate('/');
        // The server has ended it; where the browser cannot, the next renewal finds that it is nobody's.
        device.forget().catch(() => {});
      },
      () => {},
    );
}
