import { newId } from '../lib/id.ts';
import { keptSetting } from './setting.ts';
import type { Store } from './store.ts';

/** Made once in the life of a database; a restored backup gets another one, which tells clients to start afresh. */
export const readEpoch = (store: Store): Promise<string> => keptSetting(store, 'epoch', newId);
