// Buttons that make a number larger or smaller (data-step) or set it (data-set).
// They are hidden where this does not run: the field alone does it all.
export default function quantity(el) {
  const input = el.querySelector('input');
  const min = Number(input.min || el.dataset.min || 0);
  const max = Number(input.max || el.dataset.max || Number.MAX_SAFE_INTEGER);
  const written = new Intl.NumberFormat(document.documentElement.lang);
  const plain = input.type === 'number' || el.dataset.quantity === 'plain';
  const value = () => Number(input.value.replace(/\D/g, '')) || 0;

  const buttons = [...el.querySelectorAll('button[data-step], button[data-set]')];
  const mark = () => buttons.forEach((b) => {
    const step = Number(b.dataset.step);
    if (step) b.disabled = step < 0 ? value() <= min : value() >= max;
    else b.setAttribute('aria-pressed', String(value() === Number(b.dataset.set)));
  });
  const set = (n) => {
    const next = Math.min(max, Math.max(min, n));
    input.value = plain ? next : written.format(next);
    mark();
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };

  for (const b of buttons) {
    b.hidden = false;
    b.addEventListener('click', () => set('set' in b.dataset ? Number(b.dataset.set) : value() + Number(b.dataset.step)));
  }
  input.addEventListener('input', mark);
  mark();
}
