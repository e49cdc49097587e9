// A panel that floats over the page closes like one: by Escape, by a press
// beside it, when the focus has left it.
export default function panel(details) {
  const close = () => { details.open = false; };
  details.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape' || !details.open) return;
    close();
    details.querySelector('summary').focus();
  });
  details.addEventListener('focusout', (e) => {
    if (e.relatedTarget && !details.contains(e.relatedTarget)) close();
  });
  document.addEventListener('pointerdown', (e) => {
    if (!details.contains(e.target)) close();
  });
}
