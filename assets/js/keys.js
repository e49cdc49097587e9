// A key pressed alone does what the button or link marked data-key does.
export default function keys(body) {
  body.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input, select, textarea, [contenteditable]')) return;
    const target = document.querySelector(`[data-key="${CSS.escape(e.key.toLowerCase())}"]`);
    if (!target || target.disabled) return;
    e.preventDefault();
    target.matches('input, select, textarea') ? target.focus() : target.click();
  });
}
