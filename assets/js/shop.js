import { attach } from './attach.js';

attach({
  ask: 'form[data-ask]',
  'auto-submit': '[data-auto-submit]',
  'cart-add': 'form[action$="/cart/lines"]',
  'cart-count': '[data-cart-count]',
  forget: '[data-forget]',
  gallery: '[data-gallery]',
  keep: 'form[data-keep]',
  mend: '.field > [aria-invalid=true]',
  once: 'form[method=post]',
  panel: 'details[data-panel]',
  presses: '[data-presses]',
  print: '[data-print]',
  quantity: '[data-quantity]',
  seen: '[data-seen]',
  suggest: 'form[data-suggest]',
});
