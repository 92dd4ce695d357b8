import { everybody } from './people.ts';
import type { Script } from './script.ts';

/** What concerns the whole club. */
export const clubScripts: Script[] = [
  {
    title: 'Everybody',
    description: 'News for all members.',
    members: everybody,
    unread: { priya: 5, kofi: 3, lucas: 9, hana: 2, yuki: 6 },
    pinnedBy: ['sofia', 'priya'],
    sessions: [
      {
        days: 9,
        at: '18:10',
        lines: [
          'sofia: Welcome to our new place to talk. The old mailing list will stay readable until the end of the month, but nothing new goes there.',
          'kofi: Finally. I had 214 unread mails about one pair of gloves.',
          'aoife ^1: They were very good gloves.',
          'sofia: There is a room for each crew, one for the boathouse and one for the regatta. If you miss one, just make it.',
          'yuki: Nice. Can I mute a room when I am travelling?',
          'sofia ^1: Yes, each room by itself.',
          'omar: And the bar list?',
          'sofia ^1: Stays on the wall, Omar. Some things are holy.',
        ],
      },
      {
        days: 7,
        at: '07:40',
        lines: [
          'kofi: Fog on the water this morning, I have sent the early crews to the ergs. Visibility was below 50 metres at the bridge.',
          'priya: Good call. I could hear the ferry and not see it.',
          'jonas: Fog horn is in the launch again, by the way. I put new batteries in.',
          'kofi ^1: Thank you!',
        ],
      },
      {
        days: 5,
        at: '19:30',
        lines: [
          'sofia: Dates for the winter: the boat lift is on the last Saturday of November, the club dinner on the first Friday of December.',
          'mateo: Is the dinner at the Anchor again?',
          'sofia ^1: They have asked us back, which surprised everyone.',
          'zanele: Count me in for both. I can bring the trailer for the lift.',
          'hana: I will be in Brno that Saturday, sorry. Dinner yes!',
          'lucas: Lift yes, dinner yes, singing no.',
          'aoife ^1: We will see about the singing.',
          'omar: I have put a list for the dinner on the board, vegetarians please mark it.',
        ],
      },
      {
        days: 2,
        at: '12:15',
        lines: [
          'amelie: Somebody left a blue drysuit in the women’s changing room. Size M, smells of adventure.',
          'yuki: Mine! I have been looking for it since Sunday.',
          'amelie ^1: It hangs by the heater now.',
          'sofia: The harbour office closes the inner basin tomorrow from 10 to 14 for dredging. Please launch from the beach side.',
          'kofi: Then the technique session moves to 15:00. Same place.',
          'priya: 15:00 works for the four.',
        ],
      },
      {
        days: 1,
        at: '17:20',
        lines: [
          'kofi: Good session today, thank you all. Rate 28 into that wind was better than I had hoped for.',
          'zanele: My hands say otherwise.',
          'mateo: Photos are on their way, Aoife looks like a Viking.',
          'aoife ^1: I AM a Viking.',
        ],
      },
      {
        minutes: 185,
        lines: [
          'sofia: Reminder: the regatta entries close tonight at 20:00. If your name is not on the list in the regatta room, it is not on the list.',
          'omar: The new oars have arrived!! Six of them, all straight. => The new oars have arrived! Eight of them, all straight.',
          'jonas ^1: I will rig two tonight so that we can try them tomorrow.',
          'amelie: Can the four have first go? We asked in March.',
          'kofi ^1: The four has first go. Then the quad.',
        ],
      },
    ],
  },
  {
    title: 'Committee',
    description: 'Money, insurance, the harbour office.',
    members: ['sofia', 'kofi', 'omar', 'hana'],
    unread: { kofi: 2, hana: 4 },
    sessions: [
      {
        days: 8,
        at: '20:05',
        lines: [
          'omar: The accounts for October: 4,120 in, 3,760 out. The oars are not in it yet.',
          'sofia: That is better than I feared.',
          'hana: The membership fees of three people are still open. I have written to them, kindly.',
          'kofi: Is one of them me?',
          'hana ^1: One of them is you.',
          'kofi: Consider it paid. Tomorrow. Before training.',
          'omar: I have a witness now.',
        ],
      },
      {
        days: 6,
        at: '20:40',
        lines: [
          'sofia: The insurance wants a list of all boats with their value. Does anyone have last year’s?',
          'hana: Yes, it is in the green folder. I will copy it and add the new double.',
          'omar: Do we insure the oars separately?',
          'hana ^1: No, they are under "equipment", up to 15,000.',
          'sofia: Then we are fine, just.',
          'kofi: The old four is worth more as a flower bed by now.',
          'omar ^1: Do not say that where Jonas can read it.',
        ],
      },
      {
        days: 3,
        at: '19:00',
        lines: [
          'sofia: Notes of tonight: 1. boat lift on the 28th, Zanele brings the trailer. 2. Junior course in spring, Kofi writes a plan. 3. We ask the harbour office for a second ramp key.',
          'hana: 4. New first aid boxes, I order two.',
          'sofia ^1: Thank you, added.',
          'kofi: For the juniors I need two more people with a launch licence.',
          'omar: Lucas passed his last week.',
          'kofi ^1: Did he! Then I need one more.',
          'hana: I could do the course in January.',
          'kofi ^1: You are in. No way back.',
        ],
      },
      {
        days: 1,
        at: '09:15',
        lines: [
          'omar: The invoice for the oars is here: 2,980 with delivery. That is 60 less than the offer.',
          'sofia: Pay it before they notice.',
          'omar: Done.',
          'hana: First aid boxes ordered, they come on Thursday.',
        ],
      },
      {
        minutes: 260,
        lines: [
          'hana: The harbour office says yes to the second key, 40 deposit.',
          'sofia: Wonderful. Who has their keys now: me, Kofi, Jonas. The new one goes to Zanele?',
          'omar: Agreed.',
          'sofia: Kofi, do you agree as well?',
          'omar ^1: He is on the water until six.',
        ],
      },
    ],
  },
  {
    title: 'Boathouse and boats',
    description: 'What is broken, what is mended, what is in the way.',
    members: ['jonas', 'lucas', 'omar', 'sofia', 'hana', 'zanele'],
    unread: { sofia: 4, omar: 1 },
    sessions: [
      {
        days: 8,
        at: '10:20',
        lines: [
          'jonas: The rollers on rack 3 are done. It no longer screams.',
          'lucas: I will miss it a little.',
          'jonas: The double has a scratch at the bow, about 20 cm. Who had it on Saturday?',
          'zanele: We did. We met a buoy. The buoy is fine.',
          'jonas ^1: Thanks for saying so. It is only gelcoat, I can fill it this week.',
          'lucas: I can help on Thursday after five.',
          'jonas ^1: Perfect, bring old clothes.',
        ],
      },
      {
        days: 5,
        at: '17:45',
        lines: [
          'lucas: Filled and sanded. It needs two days to cure, please nobody touch it.',
          'hana: I put a sign on it with a skull.',
          'lucas ^1: Very effective, I nearly did not go in myself.',
          'omar: How much did the filler cost? I have no receipt.',
          'jonas: It was left over from last year.',
          'omar ^1: My favourite price.',
        ],
      },
      {
        days: 4,
        at: '08:30',
        lines: [
          'sofia: The light in the workshop flickers again.',
          'jonas: That is the starter, not the tube. I have one in the car.',
          'jonas: Done, ten minutes. Somebody has been storing gherkins in the fuse box.',
          'zanele: They keep well there.',
          'sofia: Zanele.',
          'zanele: Moving them.',
        ],
      },
      {
        days: 2,
        at: '16:00',
        lines: [
          'lucas: The launch starts badly when it is cold. Spark plugs?',
          'jonas: Probably. Or old fuel. When was it last filled?',
          'lucas ^1: The label says August.',
          'jonas: Then old fuel. Please empty it into the can by the door, I take it to the depot.',
          'lucas: OK, tomorrow before the session.',
          'lucas: It starts at the first pull now. You were right.',
        ],
      },
      {
        minutes: 150,
        lines: [
          'jonas: Two of the new oars are rigged: 88 cm inboard, spread as before. Blue tape means ready.',
          'omar: They look expensive even from afar.',
          'hana: Where do the old ones go?',
          'jonas ^1: Four to the juniors, two become a bench.',
          'zanele: I want that bench.',
        ],
      },
    ],
  },
  {
    title: 'Gym and running',
    description: 'For days with too much wind.',
    members: ['lucas', 'amelie', 'aoife', 'jonas', 'yuki', 'priya', 'zanele'],
    unread: { jonas: 3, amelie: 2 },
    sessions: [
      {
        days: 7,
        at: '16:30',
        lines: [
          'lucas: Who runs on Sundays? I would like to do the loop around the harbour, 8 km, slowly.',
          'amelie: How slow is slowly?',
          'lucas: Slow enough to talk about food.',
          'amelie ^1: I am in.',
          'zanele: Me too, with the dog.',
          'priya: I join at the lighthouse, that makes it five for me.',
        ],
      },
      {
        days: 6,
        at: '19:15',
        lines: [
          'yuki: The new rubber mats in the gym are great. Who carried them up?',
          'jonas: Lucas and I. 14 mats, 42 steps, two breaks.',
          'lucas ^1: Three breaks. One was secret.',
          'aoife: You are heroes. Could the kettlebells live on the left side now? I keep walking into them.',
          'jonas: Moved.',
        ],
      },
      {
        days: 3,
        at: '11:50',
        lines: [
          'lucas: 8.3 km today, 52 minutes, and we agreed on lasagne.',
          'zanele: The dog did 11.',
          'priya: Next Sunday I run the whole loop. Probably.',
          'amelie: We wait for you at every bench.',
        ],
      },
      {
        days: 1,
        at: '18:35',
        lines: [
          'yuki: Erg test on Wednesday, 2,000 metres. Anyone else?',
          'aoife: Yes, and I will regret it by metre 900.',
          'lucas: I count strokes for you.',
          'jonas: I bring the polka.',
          'aoife ^1: No.',
          'yuki ^2: No.',
          'lucas ^3: Yes!',
        ],
      },
    ],
  },
];
