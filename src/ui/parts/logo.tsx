export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path
        className="logo-bubble"
        d="M4 13.5C4 7.7 9 3 15.2 3h1.6C23 3 28 7.7 28 13.5S23 24 16.8 24H14l-6.3 4.8c-.9.7-2.2 0-2.1-1.2l.5-6A10 10 0 0 1 4 13.5Z"
      />
      <path className="logo-smile" d="M10.5 14c1.2 2.6 3.2 3.9 5.5 3.9s4.3-1.3 5.5-3.9" />
    </svg>
  );
}
