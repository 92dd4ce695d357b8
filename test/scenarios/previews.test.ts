import { afterAll, expect } from 'bun:test';
import { and, eq } from 'drizzle-orm';
import { jobKinds } from '../../src/features/index.ts';
import { htmlOf, startSite } from '../support/page-server.ts';
import { pngOf } from '../support/pictures.ts';
import { messageRows } from '../support/rows.ts';
import { scenarios, type Scene } from '../support/scenario.ts';

const site = startSite();
afterAll(() => site.stop());

const AT_ONCE = 2;
const HEAD = '<title>Boats</title><meta property="og:description" content="All of them"><meta property="og:site_name" content="Harbour">';

async function group({ server }: Scene) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId] });
  return { ann, ben, conversationId: conversationId as string };
}

/** What sends and edits cause is done. */
async function settle({ server }: Scene): Promise<void> {
  server.clock.advance(1_000);
  await server.app.jobsDone();
}

/** A page that is not answered before `open` is called. */
function gated(head: string) {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const url = site.page(async () => {
    begun.resolve();
    await gate.promise;
    return htmlOf(head);
  });
  return { url, begun: begun.promise, open: gate.resolve };
}

const asked = (url: string): number => site.asked.filter((path) => path === new URL(url).pathname).length;

scenarios(
  'Link previews',
  (scenario) => {
    scenario(
      'the page of a link is read once, and what it says of itself comes with message.updated; other messages have not even the key',
      async (scene) => {
        const { ann, ben, conversationId } = await group(scene);
        const url = site.html(HEAD);
        const his = await ben.connect();
        const { id } = await ann.must('message.send', { conversationId, content: `Look: ${url}.` }, scene.door);
        const plain = await ann.must('message.send', { conversationId, content: 'No link' }, scene.door);
        expect((await his.news()).map(({ type, data }) => [type, 'linkPreview' in data])).toEqual([
          ['message.created', false],
          ['message.created', false],
        ]);
        await settle(scene);
        const linkPreview = { url, title: 'Boats', description: 'All of them', siteName: 'Harbour', imageUrl: null };
        expect(await his.news()).toEqual([
          expect.objectContaining({
            type: 'message.updated',
            conversationId,
            rev: 4,
            data: expect.objectContaining({ id, rev: 4, editedAt: null, linkPreview }),
          }),
        ]);
        expect(await ben.must('message.get', { messageId: id }, scene.door)).toMatchObject({ rev: 4, linkPreview });
        expect(await ben.must('message.get', { messageId: plain.id }, scene.door)).not.toHaveProperty('linkPreview');
        const back = await ben.must('sync', { conversations: { [conversationId]: 3 } }, scene.door);
        expect(back.messages[conversationId].items).toMatchObject([{ id, linkPreview }]);
        expect(asked(url)).toBe(1);
      },
    );

    scenario('a link that is sent to several conversations, forwarded or said in a thread is read once', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const url = site.html(HEAD);
      const sent = await ann.must('message.send', { conversationId, content: url }, scene.door);
      const direct = await ann.must('message.sendDirect', { receiverId: ben.userId, content: url }, scene.door);
      const copy = await ann.must('message.forward', { messageId: sent.id, conversationId: direct.conversationId }, scene.door);
      const reply = await ben.must('message.send', { conversationId, content: url, threadId: sent.id }, scene.door);
      await settle(scene);
      for (const { id } of [sent, direct, copy, reply])
        expect(await ann.must('message.get', { messageId: id })).toMatchObject({ linkPreview: { url, title: 'Boats' } });
      expect(asked(url)).toBe(1);
    });

    scenario('an edit that takes the link away takes the preview along; another link brings its own, the same keeps it', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const [one, two] = [site.html('<title>One</title>'), site.html('<title>Two</title>')];
      const { id: messageId } = await ann.must('message.send', { conversationId, content: one });
      await settle(scene);
      const his = await ben.connect();
      const edit = async (content: string): Promise<unknown[]> => {
        await ann.must('message.edit', { messageId, content }, scene.door);
        await settle(scene);
        return (await his.news()).map(({ type, data }) => [type, data.linkPreview?.title]);
      };
      expect(await edit(`${one} again`)).toEqual([['message.updated', 'One']]);
      expect(await edit(`${two} and ${one}`)).toEqual([
        ['message.updated', undefined],
        ['message.updated', 'Two'],
      ]);
      expect(await edit('nothing')).toEqual([['message.updated', undefined]]);
      expect(await edit(one)).toEqual([
        ['message.updated', undefined],
        ['message.updated', 'One'],
      ]);
    });

    scenario('the author removes it for everybody, once; it stays away from that link, and nobody else may', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const [one, two] = [site.html('<title>One</title>'), site.html('<title>Two</title>')];
      const { id: messageId } = await ann.must('message.send', { conversationId, content: one });
      await settle(scene);
      const his = await ben.connect();
      expect(await ben.by(scene.door, 'linkPreview.remove', { messageId })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      const removed = await ann.by(scene.door, 'linkPreview.remove', { messageId });
      if (scene.door === 'http') expect(removed.status).toBe(204);
      await ann.must('linkPreview.remove', { messageId }, scene.door);
      const [event, ...others] = await his.news();
      expect(event).toMatchObject({ type: 'message.updated', rev: 4, data: { id: messageId, editedAt: null } });
      expect([event?.data.linkPreview, others]).toEqual([undefined, []]);
      await ann.must('message.edit', { messageId, content: `${one} again` });
      await settle(scene);
      expect(await ann.must('message.get', { messageId })).not.toHaveProperty('linkPreview');
      await ann.must('message.edit', { messageId, content: two });
      await settle(scene);
      expect(await ann.must('message.get', { messageId })).toMatchObject({ linkPreview: { title: 'Two' } });
    });

    scenario('where the page has no title, is gone or not there, nothing is announced and no job is left', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const his = await ben.connect();
      for (const url of [site.html('x'), `${site.origin}/none`, 'http://127.0.0.1:1/'])
        await ann.must('message.send', { conversationId, content: url }, scene.door);
      await settle(scene);
      expect((await his.news()).map(({ type }) => type)).toEqual(['message.created', 'message.created', 'message.created']);
      expect(await waiting(scene)).toBe(0);
    });

    scenario('what was edited or deleted while its page was read gets no preview of the link that it had', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const page = gated('<title>Late</title>');
      const [edited, deleted] = [
        await ann.must('message.send', { conversationId, content: page.url }),
        await ann.must('message.send', { conversationId, content: page.url }),
      ];
      scene.server.clock.advance(1_000);
      await page.begun;
      const his = await ben.connect();
      await ann.must('message.edit', { messageId: edited.id, content: 'nothing' }, scene.door);
      await ann.must('message.delete', { messageId: deleted.id }, scene.door);
      page.open();
      await scene.server.app.jobsDone();
      expect((await his.news()).map(({ type }) => type)).toEqual(['message.updated', 'message.deleted']);
      expect((await messageRows(scene.server.app.ports.store, conversationId)).map(({ linkPreview }) => linkPreview)).toEqual([null, null]);
    });

    scenario('a deleted message keeps no preview', async (scene) => {
      const { ann, conversationId } = await group(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: site.html(HEAD) });
      await settle(scene);
      await ann.must('message.delete', { messageId }, scene.door);
      expect(await ann.must('message.get', { messageId }, scene.door)).not.toHaveProperty('linkPreview');
      expect((await messageRows(scene.server.app.ports.store, conversationId)).map(({ linkPreview }) => linkPreview)).toEqual([null]);
    });

    scenario('a job whose worker was given up is done again by another, and told once', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const { ports } = scene.server.app;
      const page = gated(HEAD);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: page.url });
      scene.server.clock.advance(1_000);
      await page.begun;
      const his = await ben.connect();
      const job = await jobOf(scene);
      // The lease is over and another takes the job, while the first is still reading.
      const another = jobKinds(ports)['preview.read']?.perform([job]);
      page.open();
      await Promise.all([another, scene.server.app.jobsDone()]);
      expect((await his.news()).map(({ type, data }) => [type, data.id, data.linkPreview.title])).toEqual([['message.updated', messageId, 'Boats']]);
      expect(await waiting(scene)).toBe(0);
    });

    scenario('the picture is asked of this server alone, by whoever may read the message, and goes with the preview', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const cem = await scene.server.person('Cem');
      const image = site.page(() => new Response(pngOf(20, 10), { headers: { 'content-type': 'image/png' } }), 'picture');
      const url = site.html(`<title>Boats</title><meta property="og:image" content="${image}">`);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: url }, scene.door);
      await settle(scene);
      const { imageUrl } = (await ben.must('message.get', { messageId }, scene.door)).linkPreview;
      expect(imageUrl).toStartWith(`/api/chat/messages/${messageId}/link-preview/image?version=`);
      const get = (token: string | null, path = imageUrl) =>
        fetch(`${scene.server.url}${path}`, token === null ? {} : { headers: { authorization: `Bearer ${token}` } });
      const answer = await get(ben.token);
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
        200,
        'image/webp',
        'private, max-age=31536000, immutable',
      ]);
      expect(await new Bun.Image(await answer.bytes()).metadata()).toMatchObject({ width: 20, height: 10, format: 'webp' });
      expect([(await get(cem.token)).status, (await get(null)).status]).toEqual([404, 401]);
      expect(asked(image)).toBe(1);
      const { store } = scene.server.app.ports;
      const kept = () => store.read.$count(store.tables.linkPicture, eq(store.tables.linkPicture.messageId, messageId));
      const again = async (): Promise<void> => {
        expect(await kept()).toBe(0);
        expect((await get(ben.token)).status).toBe(404);
        await ann.must('message.edit', { messageId, content: `${url}#${crypto.randomUUID()}` });
        await settle(scene);
        expect(await kept()).toBe(1);
      };
      await ann.must('linkPreview.remove', { messageId }, scene.door);
      await again();
      await ann.must('message.edit', { messageId, content: 'nothing' }, scene.door);
      await again();
      await ann.must('message.delete', { messageId }, scene.door);
      expect(await kept()).toBe(0);
    });

    scenario('as many pages are read at the same time as linkPreviewsAtOnceMax says, and not one more', async (scene) => {
      const { ann, conversationId } = await group(scene);
      const gates = [gated(HEAD), gated(HEAD), gated(HEAD)] as const;
      for (const { url } of gates) await ann.must('message.send', { conversationId, content: url }, scene.door);
      scene.server.clock.advance(1_000);
      await Promise.all(gates.slice(0, AT_ONCE).map(({ begun }) => begun));
      expect(gates.map(({ url }) => asked(url))).toEqual([1, 1, 0]);
      gates[0].open();
      await gates[2].begun;
      for (const { open } of gates) open();
      await scene.server.app.jobsDone();
      expect((await ann.must('message.list', { conversationId })).items.every((message: any) => message.linkPreview?.title === 'Boats')).toBe(true);
    });

    scenario('neither a text nor an address is in the log', async (scene) => {
      const { ann, conversationId } = await group(scene);
      const urls = [site.html('<title>Secret</title>'), `${site.origin}/secret-none`];
      for (const url of urls) await ann.must('message.send', { conversationId, content: `whisper ${url}` }, scene.door);
      await settle(scene);
      expect(JSON.stringify(scene.server.log)).not.toMatch(/whisper|secret|page-\d/i);
    });
  },
  { linkPreviews: true, linkPreviewAllowPrivate: true, linkPreviewsAtOnceMax: AT_ONCE },
);

scenarios(
  'Without link previews',
  (scenario) => {
    scenario('nobody is called', async (scene) => {
      const { ann, conversationId } = await group(scene);
      const url = site.html(HEAD);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: url }, scene.door);
      await ann.must('message.edit', { messageId, content: `${url} again` }, scene.door);
      await settle(scene);
      expect(await ann.must('message.get', { messageId })).not.toHaveProperty('linkPreview');
      expect([asked(url), await waiting(scene)]).toEqual([0, 0]);
    });
  },
  { linkPreviews: false, linkPreviewAllowPrivate: true },
);

async function jobOf({ server }: Scene) {
  const { store } = server.app.ports;
  const { outbox } = store.tables;
  const [job] = await store.read
    .select()
    .from(outbox)
    .where(and(eq(outbox.kind, 'preview.read')));
  if (!job) throw new Error('no job is under way');
  return job;
}

function waiting({ server }: Scene): Promise<number> {
  const { store } = server.app.ports;
  return store.read.$count(store.tables.outbox, eq(store.tables.outbox.kind, 'preview.read'));
}
