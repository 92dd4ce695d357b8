import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * When the database does not answer, better-auth says that nobody is signed in, that a user could not be made, or
 * that somebody is signed out who is not. All should only try again. So what failed below it is remembered for the
 * length of a request, and its answer gives way to that.
 */
export function createOutage(isUnavailable: (error: unknown) => boolean) {
  const requests = new AsyncLocalStorage<{ error: unknown }>();
  return {
    async noting<T>(work: () => Promise<T>): Promise<T> {
      try {
        return await work();
      } catch (error) {
        const request = requests.getStore();
        if (request && isUnavailable(error)) request.error ??= error;
        throw error;
      }
    },
    async answering(handle: () => Promise<Response>): Promise<Response> {
      const request: { error: unknown } = { error: undefined };
      const response = await requests.run(request, handle);
      if (request.error !== undefined) throw request.error;
      return response;
    },
  };
}

export type Outage = ReturnType<typeof createOutage>;
