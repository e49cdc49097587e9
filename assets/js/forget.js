import { keyOf } from './keep.js';

// The form named here has arrived; what was kept of it goes.
export default function forget(el) {
  try { sessionStorage.removeItem(keyOf(el.dataset.forget)); } catch { /* nothing was kept then */ }
}
