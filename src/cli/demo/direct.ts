import type { Script } from './script.ts';

/** Conversations of two. */
export const directScripts: Script[] = [
  {
    members: ['sofia', 'kofi'],
    unread: { sofia: 2 },
    pinnedBy: ['sofia'],
    sessions: [
      {
        days: 6,
        at: '22:05',
        lines: [
          'sofia: Do you have five minutes tomorrow about the junior course? The school has written again.',
          'kofi: Sure. Before training, at the container?',
          'sofia: 17:30, I bring the letter.',
          'kofi: What do they want to know?',
          'sofia: How many children, who is responsible, and whether they can swim. The children, I hope.',
          'kofi ^1: Twelve, me, and yes: 200 metres in clothes, that is the rule.',
        ],
      },
      {
        days: 3,
        at: '15:40',
        lines: [
          'kofi: The teacher was here and looked at everything. She liked the launch best.',
          'sofia: Everybody likes the launch best.',
          'kofi: She asked whether parents can watch from the pier.',
          'sofia: They can, behind the rope. Last time a father fell in.',
          'kofi ^1: He went home happy.',
        ],
      },
      {
        minutes: 30,
        lines: [
          'sofia: Are you back on land? The committee needs your yes for the key.',
          'kofi: Just tied up. Yes to the key!',
          'kofi: And the new oars are a joy. I only held one, but still.',
        ],
      },
    ],
  },
  {
    members: ['priya', 'sofia'],
    unread: { sofia: 1 },
    sessions: [
      {
        days: 4,
        at: '12:30',
        lines: [
          'priya: Hi Sofia, a colleague of mine would like to try rowing. Is there still a course this year?',
          'sofia: The last one starts on the 14th, two places are left. Has she been in a boat before?',
          'priya: Only in a pedal boat shaped like a flamingo.',
          'sofia ^1: That counts.',
          'priya: Ha! I will tell her. What does it cost?',
          'sofia: 90 for six evenings, and she can use our clothes.',
          'priya: Great, thank you.',
        ],
      },
      {
        days: 2,
        at: '18:05',
        lines: [
          'priya: She has signed up. Her name is Ines.',
          'sofia: I saw it, she is on the list. Tell her to bring a towel and low expectations.',
          'priya: That is also the title of my autobiography.',
        ],
      },
      { minutes: 55, lines: ['priya: Could I borrow the ramp key on Saturday? I want to take the double out with Zanele before the others come.'] },
    ],
  },
  {
    members: ['kofi', 'yuki'],
    sessions: [
      {
        days: 5,
        at: '20:20',
        lines: [
          'kofi: I have cut your part of the video, it is on the laptop in the bar. Look at the left shoulder.',
          'yuki: Thank you. Is it the same as in spring?',
          'kofi: Better than in spring. It only goes up in the last three strokes, when you are tired.',
          'yuki: So I should not be tired.',
          'kofi ^1: That would be the elegant solution.',
        ],
      },
      {
        days: 2,
        at: '07:55',
        lines: [
          'yuki: I did the exercises with the band, twice a day. My cat thinks I have gone mad.',
          'kofi: It shows already! The shoulder stayed down through the whole pier stretch.',
          'yuki: Really? I could not feel it.',
          'kofi: That is how you know.',
          'yuki: I will tell the cat.',
        ],
      },
    ],
  },
  {
    members: ['aoife', 'mateo'],
    unread: { mateo: 3 },
    sessions: [
      {
        days: 3,
        at: '21:30',
        lines: [
          'aoife: Serious question: do you want to race me for the better single?',
          'mateo: The blue one? Always.',
          'aoife: Sunday, 08:00, from the bridge to the crane. Loser cleans both boats for a month.',
          'mateo ^1: A month! Deal.',
        ],
      },
      {
        days: 1,
        at: '10:10',
        lines: [
          'mateo: I have been thinking about it. Does "from the bridge" mean from under it or from when we can see it?',
          'aoife: You are nervous.',
          'mateo: I am asking about the rules.',
          'aoife: From under it. Jonas drops a glove.',
        ],
      },
      {
        minutes: 120,
        lines: [
          'aoife: The wind turns on Sunday morning. It will be behind us.',
          'aoife: I looked it up in three places.',
          'aoife: I am not nervous.',
        ],
      },
    ],
  },
  {
    members: ['omar', 'sofia'],
    sessions: [
      {
        days: 4,
        at: '16:45',
        lines: [
          'omar: The coffee machine in the bar has stopped. It says "descale" and then it sulks.',
          'sofia: There is vinegar under the sink.',
          'omar: I know. I am asking for permission, last time you said never vinegar.',
          'sofia ^1: That was the boiler! Vinegar for the coffee machine is fine.',
          'omar: It works. It even hums.',
        ],
      },
      {
        days: 1,
        at: '13:20',
        lines: [
          'omar: Are you coming by tonight? I need a second signature for the bank.',
          'sofia: Yes, around seven.',
          'omar: I will be behind the bar. It hums, you will hear it.',
        ],
      },
    ],
  },
];
