import { attach } from './attach.js';

attach({
  'auto-submit': '[data-auto-submit]',
  autosave: 'form[data-autosave]',
  copy: '[data-copy]',
  forget: '[data-forget]',
  keep: 'form[data-keep]',
  offline: '[data-offline]',
  once: 'form[method=post]:not([data-upload])',
  panel: 'details[data-panel]',
  print: '[data-print]',
  quantity: '[data-quantity]',
  quote: '[data-quote]',
  reveal: '[data-reveal]',
  upload: 'form[data-upload]',
});
