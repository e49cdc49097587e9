// The pictures lie in a strip that scrolls by itself; the small ones below are
// links to them. This marks the one in view and scrolls without moving the page.
export default function gallery(el) {
  const strip = el.querySelector('[data-gallery-strip]');
  const links = new Map();
  el.querySelectorAll('.thumbs a').forEach((a) => links.set(a.hash.slice(1), a));
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;

  el.addEventListener('click', (e) => {
    const a = e.target.closest('.thumbs a');
    const picture = a && document.getElementById(a.hash.slice(1));
    if (!picture) return;
    e.preventDefault();
    strip.scrollTo({ left: picture.offsetLeft - strip.offsetLeft, behavior: calm ? 'auto' : 'smooth' });
  });

  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      links.forEach((a, id) => (id === target.id ? a.setAttribute('aria-current', 'true') : a.removeAttribute('aria-current')));
    }
  }, { root: strip, threshold: .6 });
  links.forEach((_, id) => {
    const picture = document.getElementById(id);
    if (picture) seen.observe(picture);
  });
}
