/** Where there is room for one thing: the list, the conversation or a panel. The styles say the same. */
export const NARROW = '(width < 44rem)';
