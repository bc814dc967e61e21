// Beside the page lies the document, whatever address the function has. A token that somebody enters is not kept.
globalThis.SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#pages',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  // The validator's badge would come from elsewhere.
  validatorUrl: null,
});
