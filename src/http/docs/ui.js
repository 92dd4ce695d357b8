// The page at /api/docs. What is tried there goes to the server that the page came from, whatever PUBLIC_URL says.
window.addEventListener('load', () => {
  globalThis.SwaggerUIBundle({
    url: '/api/openapi.json',
    dom_id: '#docs',
    deepLinking: true,
    displayRequestDuration: true,
    validatorUrl: null,
    requestInterceptor(request) {
      const { pathname, search } = new URL(request.url, location.href);
      request.url = location.origin + pathname + search;
      return request;
    },
  });
});
