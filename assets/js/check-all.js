// One box that ticks all boxes of the name in data-check-all, in its form.
export default function checkAll(box) {
  const all = () => [...document.querySelectorAll(`input[name="${CSS.escape(box.dataset.checkAll)}"]`)];
  box.addEventListener('change', () => all().forEach((b) => { b.checked = box.checked; }));
  document.addEventListener('change', (e) => {
    if (e.target.name !== box.dataset.checkAll) return;
    const ticked = all().filter((b) => b.checked).length;
    box.checked = ticked === all().length;
    box.indeterminate = ticked > 0 && !box.checked;
  });
}
