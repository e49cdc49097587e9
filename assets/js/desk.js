import { attach } from './attach.js';

attach({
  'auto-submit': '[data-auto-submit]',
  'check-all': '[data-check-all]',
  copy: '[data-copy]',
  keep: 'form[data-keep]',
  forget: '[data-forget]',
  keys: 'body',
  once: 'form[method=post]',
  panel: 'details[data-panel]',
  print: '[data-print]',
  typed: 'form[data-typed]',
});
