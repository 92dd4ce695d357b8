import { useEffect } from 'react';
import type { Block } from '../../wire/blocks.ts';
import { useChat, useClient, useConnectionId } from './context.ts';

/** Whom I block, read when somebody asks and kept by events. Null: not known yet. */
export function useBlocks(): readonly Block[] | null {
  const client = useClient();
  const blocks = useChat((state) => state.blocks);
  const connectionId = useConnectionId();
  const wanted = blocks === null && connectionId !== undefined;
  useEffect(() => {
    // Without an answer the next connection asks again.
    if (wanted) client.loadBlocks().catch(() => {});
  }, [client, wanted]);
  return blocks;
}
