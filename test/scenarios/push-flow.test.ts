import { afterAll, expect } from 'bun:test';
import { startPushService, type Browser } from '../support/push-service.ts';
import { scenarios, type Scene } from '../support/scenario.ts';

const service = startPushService();
afterAll(() => service.stop());

/** Ben is away, and his browser takes pushes; Ann and Ben talk in a group and directly. */
async function away({ server }: Scene) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const group = await ann.must('conversation.create', { title: 'Rowing', memberIds: [ben.userId] });
  const direct = await ann.must('conversation.create', { userId: ben.userId });
  const browser = service.browser();
  await ben.must('push.subscribe', browser.subscription);
  return { ann, ben, browser, group: group.id as string, direct: direct.id as string };
}

async function settle({ server }: Scene): Promise<void> {
  server.clock.advance(1_000);
  await server.app.jobsDone();
}

const told = (browser: Browser) => browser.pushed.map(({ data }) => data.kind ?? 'withdraw');

scenarios(
  'Pushes of what happens',
  (scenario) => {
    scenario('messages are pushed for their reason to whoever is away, and withdrawn when they were read elsewhere', async (scene) => {
      const { ann, ben, browser, group, direct } = await away(scene);
      const say = async (conversationId: string, extra: object = {}): Promise<void> => {
        await ann.must('message.send', { conversationId, content: 'x', ...extra });
        await settle(scene);
      };
      await say(direct);
      await say(group);
      await say(group, { mentions: [ben.userId] });
      expect(told(browser)).toEqual(['direct', 'message', 'mention']);
      await ben.must('read.mark', { conversationId: group }, 'http');
      await scene.server.app.jobsDone();
      expect(browser.pushed.at(-1)).toMatchObject({ data: { withdraw: group } });
    });

    scenario('not to whoever looks, has muted the conversation, wants none of that kind, or has quiet hours', async (scene) => {
      const { ann, ben, browser, group } = await away(scene);
      const say = async (): Promise<void> => {
        await ann.must('message.send', { conversationId: group, content: 'x' });
        await settle(scene);
      };
      await ben.connect();
      await say();
      await ben.disconnect();
      scene.server.clock.advance(60_000);
      await ben.must('membership.update', { conversationId: group, muted: true });
      await say();
      await ben.must('membership.update', { conversationId: group, muted: false, notify: 'mentions' });
      await say();
      await ben.must('membership.update', { conversationId: group, notify: 'all' });
      await ben.must('preference.update', { kinds: { message: { push: false } } }, 'http');
      await say();
      const clockTime = (offsetMs: number): string => new Date(scene.server.clock.now() + offsetMs).toISOString().slice(11, 16);
      const quietHours = { from: clockTime(-3_600_000), until: clockTime(3_600_000) };
      await ben.must('preference.update', { kinds: { message: { push: true } }, quietHours });
      await say();
      expect(told(browser)).toEqual([]);
      await ben.must('preference.update', { quietHours: null });
      await say();
      expect(told(browser)).toEqual(['message']);
      expect(browser.pushed[0]).toMatchObject({ data: { unread: 6 } });
    });

    scenario('what is pushed and kept in the centre says what the chat shows, without its marks', async (scene) => {
      const { ann, ben, browser, group } = await away(scene);
      const say = async (content: string): Promise<void> => {
        await ann.must('message.send', { conversationId: group, content, mentions: [ben.userId] });
        await settle(scene);
      };
      await say(`**Now** see [the \`*plan*\`](https://a.example) <b>`);
      await say(`_${'long '.repeat(40).trim()}_`);
      await ann.must('poll.create', { conversationId: group, question: '*Which*?', options: ['a', 'b'] });
      await settle(scene);
      expect(browser.pushed.map(({ data }) => data.body)).toEqual([
        'Ann: Now see the *plan* <b>',
        `Ann: ${'long '.repeat(40)}`.slice(0, 139) + '…',
        'Ann: *Which*?',
      ]);
      const { items } = await ben.must('notification.list', {}, scene.door);
      expect(items.map((item: any) => item.preview).filter(Boolean)).toEqual(['long '.repeat(40).slice(0, 139) + '…', 'Now see the *plan* <b>']);
    });

    scenario('being added is pushed, and reactions to those who want them', async (scene) => {
      const { ann, ben, browser, direct } = await away(scene);
      await ann.must('conversation.create', { title: 'Cooking', memberIds: [ben.userId] });
      await scene.server.app.jobsDone();
      const { id: messageId } = await ben.must('message.send', { conversationId: direct, content: 'Cake?' });
      await ann.must('reaction.add', { messageId, emoji: '🎂' });
      await scene.server.app.jobsDone();
      await ben.must('preference.update', { kinds: { reaction: { push: true } } });
      await ann.must('reaction.add', { messageId, emoji: '👍' });
      await scene.server.app.jobsDone();
      expect(told(browser)).toEqual(['added', 'reaction']);
    });
  },
  { pushAllowPrivate: true },
);
