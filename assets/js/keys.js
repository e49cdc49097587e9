// A key pressed alone does what the button or link marked data-key does. On a
// layout of other letters the key that stands where J does counts as J.
export default function keys(body) {
  body.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]')) return;
    const place = e.key > '~' && /^Key[A-Z]$/.test(e.code) ? e.code.slice(3) : e.key;
    const target = document.querySelector(`[data-key="${CSS.escape(place.toLowerCase())}"]`);
    if (!target || target.disabled) return;
    e.preventDefault();
    target.matches('input, select, textarea') ? target.focus() : target.click();
  });
}
